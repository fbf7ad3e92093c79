"""Whoever asked hears what became of it, or it is said why they do not (ER-14, ER-15, SU-06)."""

from typing import ClassVar

from pydantic import model_validator

from models.journey.steps import Step
from models.vocabulary import Narrative


class ReferrerTold(Step):
    """Whoever asked has heard of it, in words about nobody else; or why not. Each journey says who records it."""

    does: ClassVar[str] = "recorded whether the referrer was told"
    goes_on: ClassVar[bool] = True
    said: Narrative | None = None
    how: Narrative | None = None
    said_safe_by: Narrative | None = None
    """After a report of harm, or where they may be unsafe: who at Duty and Advice said that it is safe to tell them."""
    not_told_because: Narrative | None = None

    @model_validator(mode="after")
    def _told_or_not(self) -> "ReferrerTold":
        if (self.said is None) == (self.not_told_because is None):
            raise ValueError("said, not_told_because: say what the referrer was told, or why they are not; not both")
        if self.said is not None and self.how is None:
            raise ValueError("how: say how the referrer was told")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return "they are not told" if self.said is None else "they were told"

    @property
    def own_words(self) -> str:
        """What was said, or why nothing."""
        safe = f"Said to be safe by: {self.said_safe_by}" if self.said_safe_by else None
        told = f"Told: {self.how}" if self.said else None
        return "\n".join(filter(None, (self.said, told, safe, self.not_told_because)))
