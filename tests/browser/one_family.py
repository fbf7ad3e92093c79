"""A family for a picture, over months: worried about, helped, let go, and worried about again."""

from datetime import datetime, timedelta
from typing import Any

from models.journey.beginning import begun
from models.journey.start import Linked
from models.journey.steps import Step
from models.kinds import JourneyKind
from models.operations.family import FamilyTimeline, KeptJourney, family_timeline
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.steps.assessment import Assessed
from models.vocabulary import LONDON
from tests import step_down, step_ups
from tests.builders import CHILD, THEN, facts_closed, opening
from tests.step_ups import AGREED, ASSESSMENT, HARM, NOT_ASKED, assessed, contact, decided, household, referral, told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2026, 1, 6, 9, 40, tzinfo=LONDON)
AGAIN = datetime(2026, 5, 18, 15, 10, tzinfo=LONDON)
ITS_LAST_DAY = AGAIN + 2 * DAY
ENTRIES = 12


def one_family() -> FamilyTimeline:
    """Its newest entries; nothing of a journey that is for named people only."""
    referrals = (_first(), _second())
    led_to = {"out_of": Linked(kind=JourneyKind.STEP_UP, id="up-1")}
    transfer = KeptJourney(step_down.status(facts_closed()).model_copy(update=led_to), THEN, THEN + 25 * DAY)
    kept = (
        KeptJourney(step_ups.status(referrals[0]), FIRST, FIRST + 36 * DAY),
        transfer,
        KeptJourney(step_ups.status(referrals[1]), AGAIN, None),
    )
    return family_timeline("family-1", kept, frozenset({"restricted"}), 1, ENTRIES)


def _first() -> StepUpFacts:
    needs = {"ref": CHILD, "outcome": Assessed.NO_SOCIAL_WORK, "needs_remain": True, "advised": "A place at the hub."}
    return _played(
        _opened(FIRST, "up-1", parents=AGREED),
        (contact(CHILD, spoken_to={"who": "Ms Green", "at": FIRST}, occurred_at=FIRST), FIRST + HOUR),
        (household(occurred_at=FIRST + 2 * HOUR), FIRST + 2 * HOUR),
        (decided({CHILD: ASSESSMENT}, said_at=FIRST + 5 * HOUR, occurred_at=FIRST + 5 * HOUR), FIRST + 5 * HOUR),
        (told(occurred_at=FIRST + 6 * HOUR), FIRST + 6 * HOUR),
        (assessed({}, children=(needs,), occurred_at=FIRST + 36 * DAY), FIRST + 36 * DAY),
        (told(step_id="told-again", occurred_at=FIRST + 36 * DAY), FIRST + 36 * DAY),
    )


def _second() -> StepUpFacts:
    spoken = {"who": "Ms Green", "at": AGAIN - HOUR}
    return _played(
        _opened(AGAIN, "up-2", concern="New marks on the arm, and afraid to go home.", parents=NOT_ASKED, **HARM),
        (contact(CHILD, spoken_to=spoken, occurred_at=AGAIN - HOUR), AGAIN + HOUR / 6),
        (decided({CHILD: ASSESSMENT}, said_at=AGAIN + 2 * HOUR, occurred_at=AGAIN + 2 * HOUR), AGAIN + 18 * HOUR),
        (told(occurred_at=AGAIN + 18 * HOUR), AGAIN + 18 * HOUR),
    )


def _opened(at: datetime, name: str, **said: Any) -> StepUpFacts:
    start = referral(id=name, received_at=at - HOUR / 2, children=({"ref": CHILD},), **said)
    now = begun(STEP_UP, StepUpFacts(request=start, opened_at=at))
    return step_ups.keeping_time(step_ups.kept(now.having(opening=opening(people=()))), at)


def _played(now: StepUpFacts, *steps: tuple[Step, datetime]) -> StepUpFacts:
    for step, moment in steps:
        now = step_ups.record(now, step, moment)
    return now
