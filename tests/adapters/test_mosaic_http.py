"""Mosaic over HTTP, against the simulator that serves the contract."""

import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from activities.effect import Effects
from activities.mosaic import CLOSING_STEPS, CloseChild, _Closure
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from models.attention import PROBLEMS
from models.census import ClosureReason
from models.effects import Ended
from models.errors import LastingError, NothingHappenedError, PassingError
from models.mosaic import (
    ChildRecord,
    Conference,
    EarlyHelpEntry,
    EarlyHelpWorkflow,
    Involvement,
    LegalStatus,
    NextAction,
    OpenPlan,
    Relationship,
)
from models.plans import PlanOutcome
from models.step_down.held import PlanHere
from models.step_down.start import Route
from tests.adapters.conftest import http_of
from tests.builders import THEN, close_child, intent
from tests.fakes import FakeBook
from tests.pace import patient, until
from tests.simulators.conftest import FOR_GOOD, Server
from tests.simulators.test_mosaic import Family

CLOSED = NextAction(type="Case Closed to Children's Services")
TRANSFER = NextAction(type="Early Help: Transfer from Social Work", assigned_to="team-eh")


@pytest.fixture
def family(mosaic_server: Server) -> Family:
    return Family(http_of(mosaic_server))


@pytest.fixture
def mosaic(mosaic_server: Server) -> Iterator[HttpMosaic]:
    with http_client(MosaicSettings(url=f"http://127.0.0.1:{mosaic_server.ports[0]}", timeout=patient(10))) as client:
        yield HttpMosaic(client)


def complete(mosaic: HttpMosaic, family: Family, *actions: NextAction) -> None:
    step = mosaic.closing_step(family.child, CLOSING_STEPS[Route.ASSESSMENT])
    mosaic.complete(
        step,
        reference="transfer-1/close",
        next_actions=actions or (CLOSED, TRANSFER),
        closure_reason=ClosureReason.ASSESSED_EARLY_HELP,
    )


def test_a_person_is_known_by_name_and_kept_nowhere(mosaic: HttpMosaic, family: Family) -> None:
    assert mosaic.person_name(family.child) == "Made Up"
    assert mosaic.knows_person(family.child)
    assert not mosaic.knows_person("nobody")


def test_what_mosaic_holds_of_a_child_is_read_field_by_field(mosaic: HttpMosaic, mosaic_server: Server) -> None:
    mother = {"person_ref": "mother", "relation": "mother", "parental_responsibility": True}
    said = {
        "born_on": "2012-04-05",
        "legal_statuses": ["supervision_order", "looked_after"],
        "open_plan": "child_protection",
        "plan_since": "2025-11-03",
        "conference": {"held_on": "2026-03-02", "outcome": "steps_down_to_family_help", "confirmed": False},
        "open_enquiry": True,
        "proceedings": None,
        "assessment_authorised_on": "2026-02-02",
        "since_referral": ["section_47", "child_protection_plan"],
        "relationships": [mother],
        "agencies": ["Hill School"],
    }
    family = Family(http_of(mosaic_server), record=said)
    assert mosaic.child_record(family.child) == ChildRecord(
        born_on=date(2012, 4, 5),
        legal_statuses=(LegalStatus.SUPERVISION_ORDER, LegalStatus.LOOKED_AFTER),
        open_plan=OpenPlan.CHILD_PROTECTION,
        plan_since=date(2025, 11, 3),
        conference=Conference(held_on=date(2026, 3, 2), outcome=PlanOutcome.STEPS_DOWN_TO_FAMILY_HELP, confirmed=False),
        open_enquiry=True,
        proceedings=None,
        assessment_authorised=True,
        assessment_authorised_on=date(2026, 2, 2),
        since_referral=(Involvement.SECTION_47, Involvement.CHILD_PROTECTION_PLAN),
        relationships=(Relationship(person_ref="mother", relation="mother", parental_responsibility=True),),
        agencies=("Hill School",),
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [({}, None), ({"open_enquiry": None}, None), ({"open_enquiry": False, "later": 1}, False)],
    ids=["omitted", "null", "no, and something that came later"],
)
def test_what_mosaic_does_not_say_is_not_known(answer: dict[str, object], says: bool | None) -> None:
    there = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    with httpx.Client(transport=there, base_url="http://mosaic.example") as client:
        assert HttpMosaic(client).child_record("child-a").open_enquiry is says


def test_a_record_that_we_cannot_understand_is_asked_for_again() -> None:
    there = httpx.MockTransport(lambda _: httpx.Response(200, json={"legal_statuses": ["something new"]}))
    with httpx.Client(transport=there, base_url="http://mosaic.example") as client, pytest.raises(PassingError):
        HttpMosaic(client).child_record("child-a")


def test_a_version_is_shared_with_a_team_and_seen_there(mosaic: HttpMosaic, family: Family) -> None:
    assert not mosaic.is_shared(family.document, 2, "team-eh")
    mosaic.share(family.document, 2, "team-eh", reference="transfer-1/share")
    assert mosaic.is_shared(family.document, 2, "team-eh")
    assert not mosaic.is_shared(family.document, 1, "team-eh")
    assert not mosaic.is_shared(family.document, 2, "team-other")
    assert [share["reference"] for share in family.books()["shares"]] == ["transfer-1/share"]


@pytest.mark.clause("ER-09")
@pytest.mark.clause("ER-11")
def test_a_contact_is_started_added_to_and_seen_with_what_was_written(mosaic: HttpMosaic, family: Family) -> None:
    assert mosaic.early_help(family.child) == ()
    first = EarlyHelpEntry(who_asks="A school", current_issues="The mornings", work_so_far="Breakfast club")
    mosaic.start_contact(family.child, "team-eh", first, reference="request-1/first")
    [contact] = mosaic.early_help(family.child)
    assert (contact.open, contact.references) == (True, {"request-1/first"})
    mosaic.add_entry(contact.id, "team-eh", EarlyHelpEntry(work_so_far="Support was offered"), reference="r/2")
    [added] = mosaic.early_help(family.child)
    assert added == EarlyHelpWorkflow(id=contact.id, open=True, references=frozenset({"request-1/first", "r/2"}))
    written = [(one["who_asks"], one["current_issues"], one["work_so_far"]) for one in family.books()["entries"]]
    assert written == [("A school", "The mornings", "Breakfast club"), (None, None, "Support was offered")]


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize(("status", "is_open"), [("Started", True), ("Reopened", True), ("Completed", False)])
def test_which_early_help_workflow_is_open_is_known(
    mosaic: HttpMosaic, family: Family, status: str, is_open: bool
) -> None:
    number = family.open_by_hand("Early Help Plan", status)
    assert mosaic.early_help(family.child) == (EarlyHelpWorkflow(number, is_open, frozenset()),)


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize(
    ("team", "open_before", "problem"),
    [("team-eh", True, "early_help_open"), ("team-unknown", False, "unknown_team")],
)
def test_a_contact_that_mosaic_refuses_to_start_needs_a_person(
    mosaic: HttpMosaic, family: Family, team: str, open_before: bool, problem: str
) -> None:
    if open_before:
        family.open_by_hand("Early Help Plan", "Started")
    first = EarlyHelpEntry(who_asks="A school", current_issues="The mornings", work_so_far="Breakfast club")
    with pytest.raises(LastingError) as error:
        mosaic.start_contact(family.child, team, first, reference="request-1/first")
    assert error.value.problem == problem


def test_a_workflow_that_was_ended_since_the_look_is_looked_at_again(mosaic: HttpMosaic, family: Family) -> None:
    number = family.open_by_hand("Early Help Plan", "Completed")
    with pytest.raises(PassingError):
        mosaic.add_entry(number, "team-eh", EarlyHelpEntry(work_so_far="Support was offered"), reference="r/2")


def test_the_text_of_a_document_is_read_in_the_version_that_is_asked_for(mosaic: HttpMosaic, family: Family) -> None:
    assert [mosaic.document_text(family.document, version) for version in (1, 2)] == ["first", "second"]


@pytest.mark.clause("SD-11")
def test_the_newest_version_of_a_document_is_known(mosaic: HttpMosaic, family: Family) -> None:
    assert mosaic.newest_version(family.document) == 2


@pytest.mark.parametrize("missing", ["version", "document"])
def test_a_version_that_mosaic_does_not_hold_needs_a_person(mosaic: HttpMosaic, family: Family, missing: str) -> None:
    ref, version = (family.document, 3) if missing == "version" else ("no-document", 1)
    with pytest.raises(LastingError) as error:
        mosaic.document_text(ref, version)
    assert error.value.problem == "not_found"


def test_a_closing_step_is_completed_with_its_next_actions_and_read_back(mosaic: HttpMosaic, family: Family) -> None:
    before = mosaic.closing_step(family.child, CLOSING_STEPS[Route.ASSESSMENT])
    assert (before.id, before.version, before.completion) == (family.step_id, 1, None)
    complete(mosaic, family)
    after = mosaic.closing_step(family.child, CLOSING_STEPS[Route.ASSESSMENT])
    assert after.completion is not None
    assert after.completion.reference == "transfer-1/close"
    assert after.completion.next_actions == (CLOSED, TRANSFER)
    assert after.completion.closure_reason is ClosureReason.ASSESSED_EARLY_HELP


def test_the_newest_closing_step_counts(mosaic: HttpMosaic, family: Family) -> None:
    complete(mosaic, family, CLOSED)
    again = family.open_by_hand(CLOSING_STEPS[Route.ASSESSMENT], "Started")
    newest = mosaic.closing_step(family.child, CLOSING_STEPS[Route.ASSESSMENT])
    assert (newest.id, newest.completion) == (again, None)


def test_a_locked_record_lasts_until_somebody_unlocks_it(mosaic: HttpMosaic, family: Family) -> None:
    family.http.post("/rehearsal/locks", json={"step_id": family.step_id, "locked": True}).raise_for_status()
    with pytest.raises(LastingError) as error:
        complete(mosaic, family)
    assert (error.value.problem, error.value.known) == ("locked", f"The closing step is {family.step_id}.")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("locked", "locked"),
        ("mandatory_missing", "mandatory_missing"),
        ("restricted_record", "restricted_record"),
        ("unknown_team", "unknown_team"),
        ("early_help_open", "early_help_open"),
        ("not_found", "not_found"),
        ("unknown_next_action", "invalid_request"),
        ("invalid_request", "invalid_request"),
    ],
)
def test_an_error_that_will_not_pass_has_a_problem_that_people_can_read(
    mosaic: HttpMosaic, family: Family, code: str, problem: str
) -> None:
    family.plan("complete_step", "before", "error", error=code)
    with pytest.raises(LastingError) as error:
        complete(mosaic, family)
    assert error.value.problem == problem
    assert problem in PROBLEMS
    assert family.child not in str(error.value)


@pytest.mark.parametrize("code", ["unavailable", "rate_limited", "stale_version", "already_completed"])
def test_an_error_that_the_next_look_settles_passes(mosaic: HttpMosaic, family: Family, code: str) -> None:
    family.plan("complete_step", "before", "error", error=code)
    with pytest.raises(PassingError, match=code) as error:
        complete(mosaic, family)
    assert not isinstance(error.value, NothingHappenedError)


def test_whoever_called_too_often_is_told_when_to_come_again(mosaic: HttpMosaic, family: Family) -> None:
    family.plan("complete_step", "before", "error", error="rate_limited", retry_after=7)
    with pytest.raises(PassingError) as error:
        complete(mosaic, family)
    assert error.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("action", ["drop", "error"])
def test_an_answer_that_was_lost_after_the_commit_is_found_done_by_the_next_look(
    mosaic: HttpMosaic, family: Family, action: str
) -> None:
    family.plan("complete_step", "after", action, **({"error": "unavailable"} if action == "error" else {}))
    with pytest.raises(PassingError) as error:
        complete(mosaic, family)
    assert not isinstance(error.value, NothingHappenedError)
    assert mosaic.closing_step(family.child, CLOSING_STEPS[Route.ASSESSMENT]).completion is not None


def test_a_hung_mosaic_is_not_waited_for(mosaic: HttpMosaic, family: Family) -> None:
    quick = HttpMosaic(httpx.Client(base_url=mosaic.client.base_url, timeout=httpx.Timeout(patient(10), read=0.2)))
    family.plan("share_document", "after", "hang", seconds=FOR_GOOD)
    with pytest.raises(PassingError, match="Mosaic did not answer") as error:
        quick.share(family.document, 1, "team-eh", reference="r")
    assert not isinstance(error.value, NothingHappenedError)
    until(lambda: mosaic.is_shared(family.document, 1, "team-eh"))


def test_where_nobody_listens_nothing_happened() -> None:
    with http_client(MosaicSettings(url="http://127.0.0.1:1")) as client, pytest.raises(NothingHappenedError):
        HttpMosaic(client).share("assessment-1", 1, "team-eh", reference="r")


def test_a_child_without_a_closing_step_needs_a_person(mosaic: HttpMosaic, family: Family) -> None:
    with pytest.raises(LastingError) as error:
        mosaic.closing_step(family.child, "Another Step")
    assert error.value.problem == "not_found"


@pytest.mark.parametrize("call", ["person_name", "closing_step"])
def test_a_record_that_mosaic_does_not_hold_needs_a_person(mosaic: HttpMosaic, family: Family, call: str) -> None:
    with pytest.raises(LastingError) as error:
        mosaic.person_name("nobody") if call == "person_name" else mosaic.closing_step("nobody", "x")
    assert error.value.problem == "not_found"


def test_a_cancelled_closing_step_needs_a_person_and_is_not_tried_for_ever(mosaic: HttpMosaic, family: Family) -> None:
    cancelled = Family(family.http)
    cancelled.open_by_hand(CLOSING_STEPS[Route.ASSESSMENT], "Cancelled")
    order = CloseChild(
        intent=intent(close_child(cancelled.child)),
        child_ref=cancelled.child,
        since=THEN,
        transfer_to="team-eh",
        reason=ClosureReason.ASSESSED_EARLY_HELP,
        plan=PlanHere(protected=False),
    )
    with pytest.raises(LastingError):
        Effects(FakeBook()).carry_out(order.intent, _Closure(mosaic, order, mosaic.child_record))


def test_a_child_that_passes_on_is_closed_once_though_the_answer_was_lost(mosaic: HttpMosaic, family: Family) -> None:
    order = CloseChild(
        intent=intent(close_child(family.child)),
        child_ref=family.child,
        since=THEN,
        transfer_to="team-eh",
        reason=ClosureReason.ASSESSED_EARLY_HELP,
        plan=PlanHere(protected=False),
    )
    effects = Effects(FakeBook())
    family.plan("complete_step", "after", "drop")
    with pytest.raises(PassingError):
        effects.carry_out(order.intent, _Closure(mosaic, order, mosaic.child_record))
    assert effects.carry_out(order.intent, _Closure(mosaic, order, mosaic.child_record)).ended is Ended.FOUND_DONE
    assert family.outcomes() == [(order.intent.key, "committed")]


class Elsewhere(httpx.BaseTransport):
    """Something between us and Mosaic that answers in Mosaic's place."""

    def __init__(self, status: int, content: bytes, content_type: str, **headers: str) -> None:
        self.status, self.content = status, content
        self.headers = {"content-type": content_type, **headers}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            self.status, content=self.content, headers={k: v.encode() for k, v in self.headers.items()}
        )


@pytest.mark.parametrize(
    ("status", "content", "content_type"),
    [
        (200, b"<html>Please log in</html>", "text/html"),
        (200, b"", "application/json"),
        (200, b"{}", "application/json"),
        (302, b"", "text/html"),
        (302, b'{"ref": "child-a", "name": "Ada Example"}', "application/json"),
        (502, b"<html>Bad gateway</html>", "text/html"),
        (503, b"not json", "application/problem+json"),
    ],
    ids=["login page", "empty", "another shape", "redirect", "redirect with a body", "gateway", "broken problem"],
)
def test_an_answer_that_is_not_mosaics_may_pass(status: int, content: bytes, content_type: str) -> None:
    client = httpx.Client(base_url="http://mosaic", transport=Elsewhere(status, content, content_type))
    with client, pytest.raises(PassingError):
        HttpMosaic(client).person_name("child-a")


@pytest.mark.parametrize("other", ['"ref": "assessment-9", "version": 2', '"ref": "assessment-1", "version": 1'])
def test_another_document_than_was_asked_for_is_not_taken(other: str) -> None:
    answer = f'{{{other}, "text": "for other eyes"}}'.encode()
    client = httpx.Client(base_url="http://mosaic", transport=Elsewhere(200, answer, "application/json"))
    with client, pytest.raises(PassingError) as error:
        HttpMosaic(client).document_text("assessment-1", 2)
    assert "for other eyes" not in "".join(traceback.format_exception(error.value))


def test_a_document_that_cannot_be_understood_is_not_repeated_in_the_error() -> None:
    answer = b'{"ref": "assessment-1", "version": 2, "text": ["for no other eyes"]}'
    client = httpx.Client(base_url="http://mosaic", transport=Elsewhere(200, answer, "application/json"))
    with client, pytest.raises(PassingError) as error:
        HttpMosaic(client).document_text("assessment-1", 2)
    assert "for no other eyes" not in "".join(traceback.format_exception(error.value))


def asked_to_wait(said: str | None, status: int = 429) -> timedelta | None:
    headers = {} if said is None else {"Retry-After": said}
    transport = Elsewhere(status, b"", "text/html", **headers)
    with (
        httpx.Client(base_url="http://mosaic", transport=transport) as client,
        pytest.raises(PassingError) as error,
    ):
        HttpMosaic(client).person_name("child-a")
    return error.value.retry_after


@pytest.mark.parametrize("status", [429, 503])
def test_mosaic_says_how_long_it_is_left_alone(status: int) -> None:
    assert asked_to_wait("7", status) == timedelta(seconds=7)
    until = datetime.now(UTC) + timedelta(seconds=40)
    wait = asked_to_wait(format_datetime(until, usegmt=True), status)
    assert wait is not None
    assert timedelta(seconds=30) < wait <= timedelta(seconds=40)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "0",
        "-3",
        "soon",
        "1.5",
        "²",
        "9" * 30,
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 -0000",
    ],
)
def test_where_mosaic_says_nothing_of_use_we_wait_as_we_always_do(said: str | None) -> None:
    assert asked_to_wait(said) is None


@pytest.mark.parametrize("content", [b"<html>Forbidden</html>", b"[]", b'{"type": "not_answering"}'])
def test_a_refusal_without_a_known_problem_needs_a_person(content: bytes) -> None:
    kind = "application/problem+json" if content == b"[]" else "text/html"
    client = httpx.Client(base_url="http://mosaic", transport=Elsewhere(403, content, kind))
    with client, pytest.raises(LastingError) as error:
        HttpMosaic(client).person_name("child-a")
    assert error.value.problem == "invalid_request"


def test_a_reference_does_not_leave_its_place_in_the_address(mosaic: HttpMosaic, family: Family) -> None:
    assert not mosaic.knows_person(f"x/../{family.child}x")
