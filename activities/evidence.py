"""Evidence: steps that are kept so that they can be shown, beside the transfer as it stands."""

from typing import ClassVar

from models.step_down.facts import Recorded
from models.vocabulary import Frozen


class CaptureEvidence(Frozen):
    """Keep a step as it was taken."""

    privacy: ClassVar[str] = "narrative"
    transfer_id: str
    entry: Recorded
