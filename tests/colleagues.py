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


def chair(**changes: Any) -> Person:
    """Who chairs conferences and reviews, for whichever team."""
    said = {"ref": "chair-1", "email": "chair@council.example", "name": "Robin Sample", "teams": ()}
    return manager(**{**said, "roles": (Role.CHAIR,), **changes})


def conference_manager(**changes: Any) -> Person:
    """Who answers for the ends of Child Protection plans, for whichever team."""
    said = {"ref": "cm-1", "email": "conferences@council.example", "name": "Charlie Sample", "teams": ()}
    return manager(**{**said, "roles": (Role.CONFERENCE_MANAGER,), **changes})


COLLEAGUES = (manager().colleague, chair().colleague, conference_manager().colleague)
"""As a transfer knows them."""
