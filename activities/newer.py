"""Newer versions: what is sent is what the family saw, and somebody is told where Mosaic holds a newer one (SD-11)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from activities.ports import CaseManagement
from models.effects import EffectResult, Ended
from models.errors import LastingError, PassingError


@dataclass
class NewerVersions:
    """Which of the versions that one attempt sends are not the newest any more.

    Asked before the sending: afterwards, an outage of Mosaic would make what is done look undone. What an earlier
    attempt had ended is asked about then, and an outage passed over: the daily comparison asks again.
    """

    mosaic: CaseManagement
    sent: Mapping[str, int]
    found: dict[str, int] = field(default_factory=dict)
    asked: bool = False

    def look(self) -> None:
        """Ask, once in an attempt.

        Raises:
            PassingError: Mosaic does not say now.
        """
        if not self.asked:
            self.found = {ref: newest for ref, version in self.sent.items() if (newest := self._newest(ref)) > version}
            self.asked = True

    def noted_in(self, result: EffectResult) -> EffectResult:
        """The result of the sending, with what was found."""
        if result.ended is Ended.STOPPED:
            return result
        with suppress(PassingError):
            self.look()
        return result.model_copy(update={"newer": self.found})

    def _newest(self, document: str) -> int:
        """The newest version; 0 where Mosaic will not say, as that is no reason not to send."""
        try:
            return self.mosaic.newest_version(document)
        except LastingError:
            return 0
