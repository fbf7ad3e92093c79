"""Which side answers for a journey: what is said of it, and who is told and asked there."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.kinds import Audience
from models.vocabulary import Role


@dataclass(frozen=True)
class Side:
    """One of the sides."""

    name: str
    """As people read it."""
    manager: Role
    """In which role somebody is asked when a wait has come to its end."""
    instead: Mapping[Audience, Audience]
    """Who is told in place of whom policy names."""
    says_whom_to_ring: bool = False
    """Whom to ring stands above everything that is shown, whether or not harm was reported (SU-01)."""

    def told(self, audience: Audience) -> Audience:
        """Who is told here."""
        return self.instead.get(audience, audience)


SOCIAL_WORK = Side("Social work", Role.TEAM_MANAGER, {})
_OF_THE_SERVICE = {
    Audience.SOCIAL_WORKER: Audience.EARLY_HELP_CONTACT,
    Audience.TEAM_MANAGER: Audience.EARLY_HELP_MANAGER,
}
EARLY_HELP = Side("Early Help", Role.TARGETED_SERVICES_LEADER, _OF_THE_SERVICE)
FRONT_DOOR = Side(
    "With the children whom no social worker has taken over",
    Role.HEAD_OF_SERVICE,
    {**_OF_THE_SERVICE, Audience.TARGETED_SERVICES_LEADER: Audience.HEAD_OF_SERVICE},
    says_whom_to_ring=True,
)
"""Until a named social worker takes over, Early Help stays with the children and is told; who is asked in the end, the
head of service, is told, too (SU-08)."""
