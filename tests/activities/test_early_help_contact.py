"""The Early Help Contact in Mosaic: started, or what is open added to; never twice, never in another child's record."""

import pytest
from temporalio.exceptions import ApplicationError

from activities.early_help_contact import EarlyHelpContactActivities, WriteContact
from activities.effect import Effects
from models.effects import Effect, Ended
from models.errors import LastingError, NothingHappenedError, PassingError
from models.kinds import EffectKind
from models.mosaic import EarlyHelpEntry
from tests.builders import NOW, intent
from tests.fakes import FakeBook, FakeMosaic

FIRST = EarlyHelpEntry(who_asks="A school", current_issues="The mornings", work_so_far="Breakfast club")
MORE = EarlyHelpEntry(work_so_far="Support was offered")
EFFECT = Effect(kind=EffectKind.WRITE_CONTACT, child="child-a", step="read_for_harm")
START = WriteContact(intent=intent(EFFECT), child_ref="child-a", team="team-eh", may_start=True, entry=FIRST)
ADD = WriteContact(
    intent=intent(EFFECT.model_copy(update={"step": "record_response"})),
    child_ref="child-a",
    team="team-eh",
    entry=MORE,
)


@pytest.fixture
def mosaic() -> FakeMosaic:
    return FakeMosaic()


@pytest.fixture
def does(mosaic: FakeMosaic) -> EarlyHelpContactActivities:
    return EarlyHelpContactActivities(mosaic, Effects(FakeBook(), now=lambda: NOW))


def asked(does: EarlyHelpContactActivities, order: WriteContact) -> list[str]:
    """What a person is asked, with what is known."""
    with pytest.raises(ApplicationError) as failure:
        does.write_contact(order)
    assert (failure.value.type, failure.value.non_retryable) == ("NeedsAttention", True)
    return list(failure.value.details)


@pytest.mark.clause("ER-09")
@pytest.mark.clause("ER-09a")
def test_where_none_is_open_a_contact_is_started_and_its_number_is_the_evidence(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic
) -> None:
    mosaic.opened("child-a", id="WS-over", is_open=False)
    result = does.write_contact(START)
    assert mosaic.entries == [("EHC-child-a", "team-eh", FIRST, START.intent.key)]
    assert (result.ended, result.evidence) == (Ended.DONE, "it stands in workflow EHC-child-a")
    assert mosaic.calls == ["look", "act", "look"]


@pytest.mark.clause("ER-09")
@pytest.mark.clause("ER-11")
@pytest.mark.parametrize("order", [START, ADD], ids=["the request", "what came since"])
def test_what_is_open_is_added_to_and_no_second_is_started(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic, order: WriteContact
) -> None:
    mosaic.opened("child-a", id="WS-plan")
    does.write_contact(order)
    assert mosaic.entries == [("WS-plan", "team-eh", order.entry, order.intent.key)]
    assert [one.id for one in mosaic.workflows["child-a"]] == ["WS-plan"]


@pytest.mark.clause("ER-09a")
def test_the_one_that_the_referrer_started_is_added_to_though_a_newer_is_open(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic
) -> None:
    mosaic.opened("child-a", id="WS-7")
    mosaic.opened("child-a", id="WS-8")
    does.write_contact(START.model_copy(update={"number": "WS-7"}))
    assert [one[0] for one in mosaic.entries] == ["WS-7"]


@pytest.mark.clause("ER-09a")
@pytest.mark.parametrize("where", ["another child's", "closed", "nowhere"])
def test_a_number_that_is_none_of_the_childs_open_ones_is_asked_about_and_nothing_written(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic, where: str
) -> None:
    mosaic.opened("child-a", id="WS-own")
    if where != "nowhere":
        mosaic.opened("child-z" if where == "another child's" else "child-a", id="WS-7", is_open=where != "closed")
    asks = asked(does, START.model_copy(update={"number": "WS-7"}))
    assert asks == ["contact_elsewhere", "Open for the child: WS-own"]
    assert mosaic.entries == []


@pytest.mark.clause("ER-11")
def test_what_came_since_goes_where_the_request_itself_stands_though_a_newer_is_open(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic
) -> None:
    mosaic.opened("child-a", START.intent.key, id="WS-7")
    mosaic.opened("child-a", "another-request/write_contact/child-a/read_for_harm", id="WS-8")
    does.write_contact(ADD)
    assert [one[0] for one in mosaic.entries] == ["WS-7"]


@pytest.mark.clause("ER-11")
def test_what_came_since_starts_no_contact_of_its_own(does: EarlyHelpContactActivities, mosaic: FakeMosaic) -> None:
    mosaic.opened("child-a", START.intent.key, is_open=False)
    assert asked(does, ADD)[0] == "contact_closed"
    assert mosaic.entries == []
    mosaic.opened("child-a", id="WS-again")
    does.write_contact(ADD)
    assert [one[0] for one in mosaic.entries] == ["WS-again"]


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize("is_open", [True, False], ids=["open still", "closed since"])
@pytest.mark.parametrize("order", [START, ADD], ids=["started", "added to"])
def test_what_was_written_and_whose_answer_was_lost_is_found_and_not_written_again(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic, order: WriteContact, is_open: bool
) -> None:
    operation = "start_contact" if order is START else "add_entry"
    if order is ADD:
        mosaic.opened("child-a")
    mosaic.troubles.after(operation, PassingError("no answer"))
    with pytest.raises(ApplicationError) as failure:
        does.write_contact(order)
    assert not failure.value.non_retryable
    if not is_open:
        mosaic.opened("child-a", order.intent.key, id="WS-closed", is_open=False)
        del mosaic.workflows["child-a"][0]
    assert does.write_contact(order).ended is Ended.FOUND_DONE
    assert len(mosaic.entries) == 1


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize("problem", ["locked", "restricted_record", "not_found", "unknown_team", "early_help_open"])
@pytest.mark.parametrize("order", [START, ADD], ids=["start", "add"])
def test_what_mosaic_refuses_for_good_is_asked_of_a_person_and_tried_again_when_they_say_so(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic, order: WriteContact, problem: str
) -> None:
    if order is ADD:
        mosaic.opened("child-a")
    mosaic.troubles.before("start_contact" if order is START else "add_entry", LastingError(problem, "no"))
    assert asked(does, order)[0] == problem
    again = order.model_copy(update={"intent": order.intent.model_copy(update={"go": 2})})
    assert does.write_contact(again).ended is Ended.DONE
    assert len(mosaic.entries) == 1


@pytest.mark.parametrize("error", [PassingError("503"), NothingHappenedError("away")], ids=["unavailable", "away"])
@pytest.mark.parametrize("place", ["look", "start_contact"])
def test_what_passes_is_tried_again_and_written_once(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic, place: str, error: PassingError
) -> None:
    mosaic.troubles.before(place, error)
    with pytest.raises(ApplicationError) as failure:
        does.write_contact(START)
    assert not failure.value.non_retryable
    assert does.write_contact(START).ended is Ended.DONE
    assert len(mosaic.entries) == 1


@pytest.mark.clause("SD-09a")
def test_what_is_not_wanted_any_more_is_looked_for_and_not_written(
    does: EarlyHelpContactActivities, mosaic: FakeMosaic
) -> None:
    only_look = START.intent.model_copy(update={"only_look": True})
    order = START.model_copy(update={"intent": only_look, "team": None})
    assert does.write_contact(order).ended is Ended.STOPPED
    assert mosaic.entries == []


def test_neither_key_nor_evidence_says_what_was_written(does: EarlyHelpContactActivities) -> None:
    result = does.write_contact(START)
    said = result.model_dump_json() + START.intent.key
    assert not [text for text in FIRST.model_dump().values() if text in said]
