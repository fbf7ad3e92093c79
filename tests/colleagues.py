"""People of the council, as the directory has them."""

from typing import Any

from models.people import Person
from models.vocabulary import Role


def manager(**changes: Any) -> Person:
    """The manager of the social work team, as the directory of people has them."""
    said = {
        "ref": "tm-1",
        "email": "manager@council.example",
        "name": "Jo Sample",
        "telephone": "0113 496 0003",
        "roles": (Role.TEAM_MANAGER,),
        "teams": ("team-sw",),
    }
    return Person.model_validate({**said, **changes})
