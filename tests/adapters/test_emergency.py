"""Whom to ring about a risk of significant harm: production does not start without the numbers (SU-01)."""

import pytest
from pydantic import ValidationError

from adapters.emergency import EmergencySettings, phones

pytestmark = pytest.mark.clause("SU-01")

DUTY, AT_NIGHT = "0113 496 0101", "0113 496 0102"


def settings(**said: str) -> EmergencySettings:
    return EmergencySettings.model_validate({"mode": "production", **said})


def test_the_numbers_are_named_in_one_line() -> None:
    known = phones(settings(duty_and_advice_phone=DUTY, out_of_hours_phone=AT_NIGHT))
    at_night = f"out of hours, the emergency duty team: {AT_NIGHT}"
    assert known.words == f"Duty and Advice: {DUTY}; {at_night}; in an emergency: 999."


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, "TRANSFERS_DUTY_AND_ADVICE_PHONE"),
        ({"out_of_hours_phone": AT_NIGHT}, "TRANSFERS_DUTY_AND_ADVICE_PHONE"),
        ({"duty_and_advice_phone": DUTY}, "TRANSFERS_OUT_OF_HOURS_PHONE"),
    ],
)
def test_production_names_the_number_that_is_missing(said: dict[str, str], missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        phones(settings(**said))


def test_local_mode_does_without() -> None:
    assert phones(settings(mode="local")).words == "In an emergency: 999."


@pytest.mark.parametrize("number", ["", "call us", "0113\n999", "<b>999</b>"])
def test_what_is_no_telephone_number_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        settings(duty_and_advice_phone=number)
