"""The people of the family, as a record of its own (SD-09c)."""

from typing import ClassVar, Literal

from models.journey.steps import Step
from models.step_down.family import Family
from models.vocabulary import Role


class RecordFamily(Step, Family):
    """Who is who in the family, to each child, and how they may be reached; the last record holds as a whole."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded the people of the family"
    for_few: ClassVar[bool] = True
    may_precede: ClassVar[bool] = True
    keeps_safe: ClassVar[bool] = True
    step: Literal["record_family"] = "record_family"
