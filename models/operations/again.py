"""Families who come back to social work after it let them go: how many, of how many; never about one of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.vocabulary import Frozen

YEAR = timedelta(days=365)
FEW = 10
"""Of fewer families than this, one more or less turns the picture round."""


class By(NamedTuple):
    """By what families are counted, and under which name."""

    what: str
    """``service``, ``route``, ``response``, or ``all``."""
    name: str


class LetGo(NamedTuple):
    """Families whom social work let go, each once: the journey in which it did so has ended."""

    by: By
    families: int
    within_year: int
    """Of them, those whose year is not over."""


class CameBack(NamedTuple):
    """A family for one of whose children a referral was opened after social work had closed that child's case."""

    service_ref: str
    route: str
    response: str
    family_ref: str
    ended_at: datetime
    """When the journey ended in which it was let go."""
    referred_at: datetime
    """When the first referral after that was opened."""

    @property
    def by(self) -> tuple[By, ...]:
        """Where it is counted."""
        named = {"service": self.service_ref, "route": self.route, "response": self.response, "all": "all"}
        return tuple(By(what, name) for what, name in named.items())


class AgainLine(Frozen):
    """The families of one service, of one route, of one kind of response, or all."""

    by: str
    name: str
    families: int
    """On which the figure rests: the journey ended, and at least one child was let go in it."""
    again: int
    """Of them, those for whom a referral was opened within a year of that."""
    within_year: int
    """Of them, those whose year is not over: what becomes of them is not known yet."""

    @property
    def few(self) -> bool:
        """They are too few to be compared."""
        return self.families < FEW


def again(down: Iterable[LetGo], up: Iterable[CameBack]) -> tuple[AgainLine, ...]:
    """Count families, each once in a line: by service, by route, by kind of response, and all together."""
    returned: dict[By, set[str]] = {}
    for one in up:
        if one.referred_at <= one.ended_at + YEAR:
            for by in one.by:
                returned.setdefault(by, set()).add(one.family_ref)
    return tuple(
        AgainLine(
            by=line.by.what,
            name=line.by.name,
            families=line.families,
            again=len(returned.get(line.by, ())),
            within_year=line.within_year,
        )
        for line in down
    )
