"""Names that come from outside are one line that can be shown, wherever they come in."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from models.calendar import DayOff
from models.people import Person
from models.policy import Policy, Writing
from tests.builders import service

PLACES: dict[str, Callable[[str], Any]] = {
    "a service": lambda name: service(name=name),
    "a person": lambda name: Person.model_validate({"ref": "sw-1", "email": "a@b.example", "name": name}),
    "a policy": lambda name: Policy(version=name),
    "a day off": lambda name: DayOff.model_validate({"day": "2026-12-24", "name": name}),
    "who signs letters": lambda name: Writing(signed_by=name),
}
HIDDEN = {
    "an escape": "North\x1b[2J",
    "a mark of direction": "North \u202e htuoS",
    "a right-to-left mark": "North\u200f",
    "a line break": "North\nBcc: a@b.example",
    "a line break of Windows": "North\r\nSouth",
    "a separator of lines": "North\u2028South",
    "nothing": "",
    "blanks": " \t ",
    "100,000 characters": "N" * 100_000,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", HIDDEN)
def test_a_name_that_cannot_be_shown_in_one_line_is_refused(place: str, name: str) -> None:
    with pytest.raises(ValidationError):
        PLACES[place](HIDDEN[name])


@pytest.mark.parametrize("place", PLACES)
def test_a_name_as_people_have_it_is_taken(place: str) -> None:
    PLACES[place]("Zo\u00eb's Caf\u00e9 & Family Hub \u2013 North")


def test_a_letterhead_has_several_lines_and_nothing_that_a_printer_would_obey() -> None:
    assert Writing(head="Council\r\nTown Hall").head == "Council\nTown Hall"
    with pytest.raises(ValidationError):
        Writing(head="Council\x1b[2J")
