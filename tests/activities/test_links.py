"""Opening what follows, and telling it: looked for before and after, and never twice."""

from datetime import datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.effect import Effects
from activities.links import LinkActivities, OpenJourney, TellJourney
from models.effects import Effect, EffectResult, Ended, Intent
from models.errors import PassingError
from models.journey.linked import id_of
from models.journey.start import Linked, Start
from models.journey.steps import Step
from models.kinds import EffectKind, JourneyKind
from tests import builders, step_ups
from tests.fakes import FakeBook, FakeRegister

OPENS = Effect(kind=EffectKind.OPEN_JOURNEY, journey=JourneyKind.STEP_UP, step="harm")
TELLS = Effect(kind=EffectKind.TELL_JOURNEY, journey=JourneyKind.STEP_UP, to="referral-1", step="harm")


class FakeJourneys:
    """Temporal, as far as it knows which journeys there are; it may lose an answer."""

    def __init__(self) -> None:
        self.started: list[Start] = []
        self.told: list[Step] = []
        self.loses_the_answer = False
        self.ended = False

    def knows(self, kind: str, journey_id: str) -> bool:
        return any((one.kind, one.id) == (kind, journey_id) for one in self.started)

    def start(self, start: Start, at: datetime) -> None:
        self.started.append(start)
        if self.loses_the_answer:
            raise PassingError("away")

    def tell(self, kind: str, journey_id: str, step: Step) -> bool:
        self.told.append(step)
        return not self.ended


class Links:
    def __init__(self) -> None:
        self.journeys, self.register = FakeJourneys(), FakeRegister(builders.service())
        self.does = LinkActivities(self.register, self.journeys, Effects(FakeBook(), lambda: builders.NOW))

    def open(self, **intent: Any) -> EffectResult:
        start = step_ups.referral(id=id_of("request-1", OPENS), restricted=True)
        order = OpenJourney(intent=Intent(transfer_id="request-1", effect=OPENS, clause="SU-01", **intent), start=start)
        assert order.privacy == "restricted"
        return ActivityEnvironment().run(self.does.open_journey, order)

    def tell(self, **intent: Any) -> EffectResult:
        to = Linked(kind=JourneyKind.STEP_UP, id="referral-1")
        of = Intent(transfer_id="request-1", effect=TELLS, clause="SU-01", **intent)
        order = TellJourney(intent=of, to=to, restricted=False, step=step_ups.contact())
        assert (order.privacy, order.model_copy(update={"restricted": True}).privacy) == ("narrative", "restricted")
        return ActivityEnvironment().run(self.does.tell_journey, order)


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.mark.clause("SU-01")
def test_what_was_opened_though_the_answer_was_lost_is_found_and_not_opened_again(links: Links) -> None:
    links.journeys.loses_the_answer = True
    with pytest.raises(ApplicationError):
        links.open()
    assert links.open().ended is Ended.FOUND_DONE
    assert links.open().ended is Ended.FOUND_DONE, "by its book"
    assert len(links.journeys.started) == 1


@pytest.mark.clause("SU-01")
def test_what_temporal_has_forgotten_the_register_still_knows(links: Links) -> None:
    start = step_ups.referral(id=id_of("request-1", OPENS))
    links.register.shown[start.id] = (1, step_ups.status(step_ups.facts(id=start.id)))
    assert links.open().ended is Ended.FOUND_DONE
    assert links.journeys.started == []


def test_what_is_no_longer_wanted_is_only_looked_for(links: Links) -> None:
    assert links.open(only_look=True).ended is Ended.STOPPED
    assert links.tell(only_look=True).ended is Ended.STOPPED
    assert (links.journeys.started, links.journeys.told) == ([], [])


@pytest.mark.clause("SD-39")
def test_a_journey_that_has_ended_is_not_told_and_the_result_says_so(links: Links) -> None:
    assert links.tell().evidence == "told"
    links.journeys.ended = True
    assert links.tell().evidence == "not told, as it has ended"
