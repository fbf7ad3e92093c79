"""How late an alert says that it comes."""

from datetime import timedelta

import pytest

from activities.letters.alerts import AlertText, alert_letter, alert_post
from models.clocks import Audience, ClockKind, RungKind
from tests.builders import london

DUE = london(2026, 3, 5, 17)


def alert(late: timedelta) -> AlertText:
    return AlertText(
        transfer_id="transfer-1",
        number=1,
        kind=ClockKind.CONVERSATION,
        what=RungKind.BREACH,
        since=london(2026, 3, 2, 10),
        due=DUE,
        at=DUE,
        raised_at=DUE + late,
        service="Early Help North",
        social_work_team="team-sw",
    )


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(days=2, hours=3, minutes=4), "2 days and 3 hours"),
        (timedelta(hours=1, seconds=30), "1 hour"),
        (timedelta(minutes=6), "6 minutes"),
    ],
)
def test_an_alert_that_comes_late_says_how_late_and_gives_no_cause(late: timedelta, said: str) -> None:
    for _, text in (alert_letter(alert(late), Audience.OPERATIONS), alert_post(alert(late))):
        assert f"\nThis alert comes {said} late.\n" in text
        assert "running" not in text


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=2), timedelta(minutes=5)])
def test_an_alert_that_comes_in_time_says_nothing_of_being_late(late: timedelta) -> None:
    assert "late" not in alert_post(alert(late))[1]
