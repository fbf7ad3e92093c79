"""The directory of people of the council: what they are called, how they are reached, what they are there for."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints, model_validator

from models.vocabulary import EmailAddress, Frozen, Narrative, Ref, Role

Telephone = Annotated[str, StringConstraints(pattern=r"^[0-9+()][0-9+() ]{2,28}[0-9]( ext\.? ?[0-9]{1,6})?$")]
"""As people write it: ``0113 496 0003 ext 12``."""


class Person(Frozen):
    """A person of the council; a team or an office has a reference and an address alone."""

    ref: Ref
    """The id that Mosaic has, or ``targeted-services-leader`` and ``operations``."""
    email: EmailAddress
    name: Narrative | None = None
    telephone: Telephone | None = None
    roles: tuple[Role, ...] = ()
    teams: tuple[Ref, ...] = ()
    """For which teams, where a role is that of a team."""
    covers: tuple[Ref, ...] = ()
    """For whom they stand in, from ``cover_from`` to ``cover_until``, both days included."""
    cover_from: date | None = None
    cover_until: date | None = None
    until: date | None = None
    """The last day on which they are there; None while no end is known."""

    @model_validator(mode="after")
    def _who_acts_has_a_name(self) -> "Person":
        if self.name is None and (self.roles or self.covers):
            raise ValueError("name: who has a role, or covers for somebody, has a name")
        return self

    @model_validator(mode="after")
    def _cover_has_its_days(self) -> "Person":
        days = (self.cover_from, self.cover_until)
        if bool(self.covers) != all(days) or (not self.covers and any(days)):
            raise ValueError("covers: give for whom, cover_from and cover_until, or none of the three")
        if self.cover_from and self.cover_until and self.cover_until < self.cover_from:
            raise ValueError("cover_until: lies before cover_from")
        if self.ref in self.covers:
            raise ValueError("covers: nobody covers for themselves")
        return self
