"""The register in SQL, on SQLite and on PostgreSQL."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, SQLModel, select

from adapters.keyring import Keyring
from adapters.register.clocks import KeptClock
from adapters.register.directory import SqlDirectory
from adapters.register.effect_book import SqlEffectBook
from adapters.register.store import Store, UnreadableError
from models.calendar import WorkingCalendar
from models.certificate import Certificate, Count, calculate
from models.effects import Ended
from models.errors import LastingError, PassingError, StartRefusedError
from models.help_request.facts import HelpFacts
from models.help_request.start import HelpRequest
from models.journey.clocks import ClockState
from models.journey.projection import DueDate, Projection
from models.journey.recorded import Alert, Elsewhere, Opening
from models.journey.status import ClockStatus, Status
from models.journey.steps import SpokenTo
from models.kinds import Audience, ClockKind, RungKind
from models.office_hours import office_hours
from models.people import Person
from models.policy import RESPONSE, LetterHours, Policy
from models.register.tables import (
    AlertRow,
    AskedRow,
    AuditRow,
    CalendarRow,
    ChildRow,
    ClockRow,
    EffectRow,
    EvidenceRow,
    PersonRow,
    TransferRow,
)
from models.services import ContactKind, EarlyHelpService
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.stage import Stage
from models.step_down.start import StepDownRequest
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.every import AnyStep
from models.vocabulary import Role
from tests import help_requests
from tests.builders import (
    CHILD,
    NOW,
    SERVICE,
    SIBLING,
    THEN,
    agreed_child,
    attention,
    calendar,
    child_consent,
    consent,
    conversation,
    decided,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    harm_report,
    holder,
    intent,
    letters,
    looked_at,
    meeting,
    not_appropriate,
    other_service,
    reassigned,
    refused_consent,
    request,
    result,
    service,
    taken,
    voice,
    withdrawal,
)
from tests.colleagues import manager
from tests.postgres.pgbouncer import THROUGH_IT
from tests.register import WholeRegister
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql", THROUGH_IT], indirect=True)

KINDS = StepDownRequest.held_by
MARKER = "Mx-Marker-Quill"
"""A name that must never stand in the file in clear."""


@pytest.fixture(autouse=True)
def north(register: WholeRegister) -> None:
    register.put_services([service()])


def rows(register: WholeRegister, table: type[SQLModel]) -> list[Any]:
    with Session(register.engine) as session:
        return list(session.exec(select(table)))


def audit(register: WholeRegister, what: str) -> list[AuditRow]:
    return [row for row in rows(register, AuditRow) if row.what == what]


def shown(now: StepDownFacts, transfer_id: str = "transfer-1") -> Status:
    return status(now).model_copy(update={"id": transfer_id})


def test_a_start_loads_policy_and_service_and_reserves_its_children(register: WholeRegister) -> None:
    opened = register.opened(request(CHILD, SIBLING), THEN)
    assert (opened.policy, opened.service, opened.duplicate_of) == (register.policy, service(), None)
    assert register.open_transfer_of(CHILD) == register.open_transfer_of(SIBLING) == "transfer-1"
    [line] = register.transfers()
    assert (line.id, line.stage, line.waiting_for, line.opened_at) == (
        "transfer-1",
        "consent",
        ("social_worker",),
        THEN,
    )


@pytest.mark.clause("SD-33b")
def test_a_start_keeps_the_hours_in_which_letters_leave_and_the_days_off_that_are_known(
    register: WholeRegister,
) -> None:
    opened = replace(register, policy=Policy()).opened(request(), THEN)
    assert opened.letter_hours == office_hours(LetterHours(), calendar(), THEN)
    assert opened.letter_hours is not None
    assert len(opened.letter_hours.days_off) > 8


def test_opening_again_changes_nothing(register: WholeRegister) -> None:
    first = register.opened(request(), THEN)
    register.shows(shown(facts_before(RecordDecisions)), 3)
    assert register.opened(request(), NOW) == first
    [row] = rows(register, TransferRow)
    assert (row.version, row.stage, row.opened_at) == (3, "decision", THEN)
    assert len(rows(register, ChildRow)) == 1
    assert len(audit(register, "transfer opened")) == 1


def test_a_child_in_an_open_transfer_makes_another_one_a_duplicate(register: WholeRegister) -> None:
    register.opened(request(CHILD, SIBLING), THEN)
    second = request(SIBLING, "child-c", id="transfer-2")
    assert register.opened(second, NOW).duplicate_of == "transfer-1"
    assert register.opened(second, NOW).duplicate_of == "transfer-1", "the answer stays when it is asked again"
    assert register.open_transfer_of("child-c") is None


def test_a_closed_transfer_frees_its_children(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.shows(shown(facts_closed()), 9)
    assert register.open_transfer_of(CHILD) is None
    assert register.opened(request(id="transfer-2"), NOW).duplicate_of is None
    assert register.open_transfer_of(CHILD) == "transfer-2"


def test_a_duplicate_that_is_shown_does_not_free_the_children_of_the_other(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    opened = register.opened(request(id="transfer-2"), NOW)
    register.shows(shown(facts(opening=opened), "transfer-2"), 1)
    assert register.open_transfer_of(CHILD) == "transfer-1"


def test_of_many_starts_at_once_one_gets_the_child(register: WholeRegister) -> None:
    starts = [request(id=f"transfer-{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda start: register.opened(start, THEN), starts))
    assert [each.duplicate_of for each in opened].count(None) == 1


def test_a_service_that_the_directory_does_not_know_is_refused_by_field(register: WholeRegister) -> None:
    with pytest.raises(StartRefusedError, match=r"^The service directory does not know this service"):
        register.opened(request(service_ref="service-nowhere"), THEN)
    assert rows(register, TransferRow) == rows(register, ChildRow) == []


@pytest.mark.clause("SD-20")
def test_a_service_that_does_not_use_mosaic_may_take_a_transfer(register: WholeRegister) -> None:
    register.put_services([paper := service(ref="service-paper", mosaic_team=None)])
    assert register.opened(request(service_ref="service-paper"), THEN).service == paper
    assert register.look_up_service("service-paper") == paper


def test_an_older_state_never_overwrites_a_newer_one(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.shows(shown(facts_before(RecordDecisions)), 5)
    for older in (4, 5):
        register.shows(shown(facts()), older)
    [row] = rows(register, TransferRow)
    assert (row.version, row.stage) == (5, "decision")
    assert register.status("transfer-1") == shown(facts_before(RecordDecisions))


def test_each_change_of_stage_is_on_record_with_old_and_new(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.shows(shown(facts_before(RecordDecisions)), 1)
    register.shows(shown(facts_before(RecordDecisions)), 2)
    register.shows(shown(facts_closed()), 3)
    assert [(row.old, row.new) for row in audit(register, "stage")] == [("consent", "decision"), ("decision", "closed")]


def test_a_closed_transfer_keeps_the_time_at_which_it_was_first_closed(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.shows(shown(facts_closed()), 1)
    [row] = rows(register, TransferRow)
    first = row.closed_at
    register.shows(shown(facts_closed()), 2)
    assert rows(register, TransferRow)[0].closed_at == first
    assert row.outcome == "transferred"


def test_what_the_register_does_not_know_is_not_shown(register: WholeRegister) -> None:
    register.shows(shown(facts(), "transfer-9"), 1)
    assert register.transfers() == []
    assert register.status("transfer-9") is None
    register.opened(request(), THEN)
    begun = register.status("transfer-1")
    assert begun is not None, "it can be looked at from the start"
    assert (begun.stage, begun.timeline[0].what) == (Stage.CONSENT, "The transfer was started")


def test_the_newest_transfer_is_listed_first(register: WholeRegister) -> None:
    for number in range(3):
        register.opened(request(f"child-{number}", id=f"transfer-{number}"), THEN + timedelta(days=number))
    assert [line.id for line in register.transfers()] == ["transfer-2", "transfer-1", "transfer-0"]


EVIDENCE = {
    "consent": (
        consent(child_consent(CHILD), child_consent(SIBLING, stands=False)),
        refused_consent(step_id="second", corrects="record_consent"),
    ),
    "withdrawal": (withdrawal(CHILD, SIBLING, actor=SERVICE), withdrawal(SIBLING, step_id="second")),
    "conversation": (conversation(), not_appropriate(step_id="second", corrects="record_contact_conversation")),
    "final meeting": (meeting(), meeting(step_id="second", service_attended=False)),
    "significant harm": (
        harm_report(),
        harm_report(step_id="second", corrects="report_significant_harm", spoken_to=SpokenTo(who="duty", at=THEN)),
    ),
}


@pytest.mark.clause("SD-08", "SD-09", "SD-09a", "SD-19", "SU-01")
@pytest.mark.parametrize(("first", "second"), EVIDENCE.values(), ids=EVIDENCE)
def test_evidence_is_kept_once_as_it_was_taken_and_what_corrects_it_beside_it(
    register: WholeRegister, first: AnyStep, second: AnyStep
) -> None:
    register.opened(request(CHILD, SIBLING), THEN)
    entries = [taken(first), taken(second, service_ref="service-south", accepted_at=THEN)]
    for entry in (*entries, *entries):
        register.store_evidence("transfer-1", entry)
    kept = sorted(rows(register, EvidenceRow), key=lambda row: row.step_id == "second")
    assert [Recorded.model_validate_json(register.store.unseal("transfer-1", row.record)) for row in kept] == entries
    assert [(row.step_id, row.step, row.service_ref, row.occurred_at, row.accepted_at) for row in kept] == [
        (first.step_id, first.step, "service-north", first.occurred_at, NOW),
        ("second", first.step, "service-south", second.occurred_at, THEN),
    ]
    assert [(row.recorded_by, row.corrects) for row in kept] == [
        (first.actor.id, None),
        (second.actor.id, second.corrects),
    ]


@pytest.mark.clause("SD-09", "SD-09a")
def test_who_recorded_which_evidence_is_on_record_once(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    corrected = refused_consent(step_id="consent-2", corrects="record_consent")
    for step in (consent(), corrected, withdrawal(actor=SERVICE), consent(), corrected):
        register.store_evidence("transfer-1", taken(step))
    found = [row for row in rows(register, AuditRow) if row.what.startswith("evidence kept")]
    assert [(row.who, row.what, row.old, row.new) for row in found] == [
        ("sw-7", "evidence kept: record_consent", None, "record_consent"),
        ("sw-7", "evidence kept: record_consent", "record_consent", "consent-2"),
        ("eh-service-2", "evidence kept: withdraw_consent", None, "withdraw_consent"),
    ]


def test_evidence_and_its_line_on_record_are_written_together_or_not_at_all(register: WholeRegister) -> None:
    with pytest.raises(IntegrityError):
        register.store_evidence("lost-here", taken(consent()))
    assert rows(register, EvidenceRow) == rows(register, AuditRow) == []


def test_a_child_that_was_added_is_reserved_once(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    for _ in range(2):
        register.reserve_child("transfer-1", "child-c", "sw-7", KINDS)
    assert register.open_transfer_of("child-c") == "transfer-1"
    assert [(row.who, row.new) for row in audit(register, "child added")] == [("sw-7", "child-c")]
    assert register.opened(request("child-c", id="transfer-2"), NOW).duplicate_of == "transfer-1"


def test_a_child_of_another_open_transfer_is_not_added_until_that_one_has_closed(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.opened(request(SIBLING, id="transfer-2"), THEN)
    with pytest.raises(LastingError, match="child-b is in another open transfer") as error:
        register.reserve_child("transfer-1", SIBLING, "sw-7", KINDS)
    assert (error.value.problem, error.value.known) == ("child_elsewhere", "It is transfer transfer-2.")
    assert audit(register, "child added") == []
    register.shows(shown(facts_closed(SIBLING), "transfer-2"), 9)
    register.reserve_child("transfer-1", SIBLING, "sw-7", KINDS)
    assert register.open_transfer_of(SIBLING) == "transfer-1"


def of(*children: str) -> dict[str, Any]:
    """What a request about these children says."""
    return {"children": tuple({"ref": child} for child in children), "lead_child": children[0]}


def holders(elsewhere: Sequence[Elsewhere]) -> dict[str, tuple[str, str]]:
    return {one.child: (one.holder, one.kind) for one in elsewhere}


def asked_for(register: WholeRegister, asked: HelpRequest) -> Opening:
    """A request for Early Help that is opened."""

    def begun(opening: Opening) -> Status:
        return help_requests.status(HelpFacts(request=asked, opened_at=THEN, opening=opening))

    return register.open_transfer(asked, THEN, calendar(), begun)


@pytest.mark.clause("ER-15")
def test_a_request_about_a_child_in_a_step_down_says_in_which_and_a_step_down_starts_beside_a_request(
    register: WholeRegister,
) -> None:
    assert asked_for(register, help_requests.request(**of(SIBLING))).elsewhere == ()
    assert register.opened(request(CHILD, SIBLING), THEN).duplicate_of is None
    both = asked_for(register, help_requests.request(id="request-2"))
    assert both.duplicate_of is None
    assert holders(both.elsewhere) == {CHILD: ("transfer-1", "step-down"), SIBLING: ("transfer-1", "step-down")}
    kinds = {line.id: (line.journey, line.social_work_team) for line in register.transfers()}
    assert kinds["request-1"] == ("help-request", None)
    assert kinds["transfer-1"][0] == "step-down"


@pytest.mark.clause("ER-15")
def test_two_requests_about_one_child_are_one_case_and_each_takes_the_children_that_are_free(
    register: WholeRegister,
) -> None:
    asked_for(register, help_requests.request(**of(CHILD)))
    second = asked_for(register, help_requests.request(id="request-2", **of(CHILD, SIBLING)))
    assert holders(second.elsewhere) == {CHILD: ("request-1", "help-request")}
    third = asked_for(register, help_requests.request(id="request-3", **of(SIBLING)))
    assert holders(third.elsewhere) == {SIBLING: ("request-2", "help-request")}
    assert register.open_transfer_of(SIBLING) == "request-2"


@pytest.mark.clause("ER-15")
def test_a_request_takes_its_children_once_the_other_journey_has_ended_and_says_who_holds_them_until_then(
    register: WholeRegister,
) -> None:
    register.opened(request(CHILD), THEN)
    first = asked_for(register, help_requests.request(**of(CHILD)))
    assert register.lacking("transfer-1") == [("help-request", "request-1")]
    look = partial(register.take_free_children, "request-1", HelpRequest.held_by)
    assert look() == first.elsewhere
    register.shows(shown(facts_closed(CHILD)), 9)
    assert look() == look() == ()
    assert register.lacking("transfer-1") == []
    assert register.open_transfer_of(CHILD) == "request-1"
    assert [(row.transfer_id, row.new) for row in audit(register, "child taken, as no other holds it")] == [
        ("request-1", CHILD)
    ]


@pytest.mark.clause("ER-15")
def test_a_step_down_that_began_beside_a_request_is_told_to_it_and_a_request_that_has_ended_takes_nobody(
    register: WholeRegister,
) -> None:
    asked_for(register, help_requests.request(**of(CHILD)))
    register.opened(request(CHILD), THEN)
    told = register.take_free_children("request-1", HelpRequest.held_by)
    assert told is not None
    assert holders(told) == {CHILD: ("transfer-1", "step-down")}
    over = help_requests.whole(help_requests.response(), help_requests.told())
    register.shows(help_requests.status(over), 9)
    register.shows(shown(facts_closed(CHILD)), 9)
    assert register.take_free_children("request-1", HelpRequest.held_by) is None
    assert register.open_transfer_of(CHILD) is None


@pytest.mark.clause("SU-04")
def test_a_child_whom_a_journey_holds_is_free_for_what_was_opened_out_of_it_and_for_nothing_else(
    register: WholeRegister,
) -> None:
    asked_for(register, help_requests.request(id="origin", **of(CHILD)))
    origin = {"out_of": {"kind": "help-request", "id": "origin"}}
    opened = asked_for(register, help_requests.request(id="opened", **of(CHILD), **origin))
    assert holders(opened.elsewhere) == {CHILD: ("origin", "help-request")}, "one kind holds a child once"
    register.opened(request(CHILD, id="down"), THEN)
    out_of_it = {"out_of": {"kind": "step-down", "id": "down"}}
    free = asked_for(register, help_requests.request(id="free", **of(CHILD), **out_of_it))
    assert set(holders(free.elsewhere).values()) == {("origin", "help-request")}
    held = register.take_free_children("free", HelpRequest.held_by)
    assert held is not None
    assert ("down", "step-down") in holders(held).values()
    left = register.take_free_children("free", HelpRequest.held_by, "down")
    assert left is not None
    assert ("down", "step-down") not in holders(left).values()


@pytest.mark.clause("SU-01")
def test_the_register_knows_what_was_opened_by_kind_and_id_and_takes_it_though_its_service_is_unknown(
    register: WholeRegister,
) -> None:
    out_of = {"out_of": {"kind": "step-up", "id": "referral-1"}}
    asked_for(register, help_requests.request(**of(CHILD), service_ref="nobody-knows-it", **out_of))
    assert register.knows("help-request", "request-1")
    assert not register.knows("step-up", "request-1")
    assert not register.knows("help-request", "request-2")


@pytest.mark.clause("ER-15")
def test_whose_family_is_restricted_is_told_with_the_holder(register: WholeRegister) -> None:
    register.opened(request(CHILD, restricted=True), THEN)
    told = asked_for(register, help_requests.request(**of(CHILD))).elsewhere
    assert [one.restricted for one in told] == [True]


def test_of_many_requests_at_once_one_gets_the_child(register: WholeRegister) -> None:
    asked = [help_requests.request(id=f"request-{number}", **of(CHILD)) for number in range(6)]
    with ThreadPoolExecutor(6) as threads:
        opened = list(threads.map(lambda one: asked_for(register, one), asked))
    assert [one.elsewhere for one in opened].count(()) == 1


def test_under_one_id_there_is_one_journey_whatever_its_kind(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    with pytest.raises(StartRefusedError) as refused:
        asked_for(register, help_requests.request(id="transfer-1"))
    assert refused.value.field == "id"


def test_nobody_is_asked_about_another_transfer_where_none_holds_the_child(register: WholeRegister) -> None:
    with pytest.raises(IntegrityError):
        register.reserve_child("lost-here", "child-c", "sw-7", KINDS)


def test_a_child_that_was_added_is_free_again_once_the_transfer_has_closed(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.reserve_child("transfer-1", "child-c", "sw-7", KINDS)
    register.shows(shown(facts_closed()), 9)
    assert register.open_transfer_of("child-c") is None


def test_of_many_transfers_that_add_a_child_at_once_one_gets_it(register: WholeRegister) -> None:
    for number in range(6):
        register.opened(request(f"child-{number}", id=f"transfer-{number}"), THEN)

    def add(number: int) -> bool:
        try:
            register.reserve_child(f"transfer-{number}", "child-c", "sw-7", KINDS)
        except LastingError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(add, range(6))).count(True) == 1


@pytest.mark.clause("SD-06")
@pytest.mark.clause("SD-20")
def test_the_directory_is_asked_for_another_service(register: WholeRegister) -> None:
    south = service(ref="service-south", contact_kind=ContactKind.PRACTITIONER)
    register.put_services([south])
    assert register.look_up_service("service-south") == south


@pytest.mark.clause("SD-06")
def test_another_service_that_the_directory_does_not_know_waits_for_a_person(register: WholeRegister) -> None:
    with pytest.raises(LastingError, match="service-nowhere") as error:
        register.look_up_service("service-nowhere")
    assert error.value.problem == "unknown_service"


@pytest.mark.clause("SD-23b")
def test_a_transfer_knows_of_the_directory_who_may_act_or_record_for_its_team(register: WholeRegister) -> None:
    days = {"cover_from": date(2026, 3, 2), "cover_until": date(2026, 3, 6)}
    worker = manager(ref="sw-7", roles=(Role.SOCIAL_WORKER,))
    cover = manager(ref="tm-2", roles=(), teams=(), covers=("tm-1", "tm-9"), **days)
    chair = manager(ref="chair-1", roles=(Role.CHAIR,), teams=())
    gone = manager(ref="tm-0", until=date(2026, 1, 31))
    others = [
        manager(ref="sw-9", roles=(Role.SOCIAL_WORKER,), teams=("team-other",)),
        manager(ref="tm-9", teams=("team-other",)),
        Person(ref="operations", email="ops@council.example"),
    ]
    of_the_team = manager(ref="sw-8", roles=(Role.SOCIAL_WORKER,))
    known = [manager(), worker, cover, chair, gone, of_the_team]
    register.put_people([*known, *others])
    found = register.look_up_people("team-sw", ("sw-7", "tm-1"))
    assert {person.ref: person for person in found} == {person.ref: person.colleague for person in known}
    assert register.opened(request(), THEN).people == found


def test_the_whole_directory_is_listed_by_reference(register: WholeRegister) -> None:
    others = [service(ref="service-west"), service(ref="service-east", mosaic_team=None)]
    register.put_services(others)
    assert register.services() == [others[1], service(), others[0]]


@pytest.mark.parametrize("restricted", [True, False])
def test_a_restricted_family_is_marked_in_the_list_from_the_start(register: WholeRegister, restricted: bool) -> None:
    register.opened(request(restricted=restricted), THEN)
    [line] = register.transfers()
    assert line.restricted is restricted


def test_the_list_shows_service_and_team_as_they_are_now(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.shows(shown(facts_after(other_service(), reassigned(social_work_team="team-9"))), 1)
    [line] = register.transfers()
    assert (line.service_ref, line.social_work_team) == ("service-south", "team-9")


def test_a_try_that_was_stopped_leaves_the_effect_free_to_be_begun_again(register: WholeRegister) -> None:
    stopped = intent().model_copy(update={"only_look": True})
    register.begin(stopped)
    register.withdraw(stopped)
    assert not register.begin(intent()).tried_before


@pytest.mark.clause("SU-01")
def test_the_list_of_transfers_marks_those_of_which_significant_harm_was_reported(register: WholeRegister) -> None:
    for number in range(2):
        register.opened(request(f"child-{number}", id=f"transfer-{number}"), THEN)
        register.store_evidence(f"transfer-{number}", taken(consent()))
    for report in (harm_report(), harm_report(step_id="again")):
        register.store_evidence("transfer-1", taken(report))
    assert {line.id: line.harm_reported for line in register.transfers()} == {"transfer-0": False, "transfer-1": True}


def test_the_first_try_of_an_effect_is_new_and_the_second_knows_of_it(register: WholeRegister) -> None:
    first, second = register.begin(intent()), register.begin(intent())
    assert (first.tried_before, first.result) == (False, None)
    assert (second.tried_before, second.result) == (True, None)
    assert rows(register, EffectRow)[0].attempts == 2


def test_a_withdrawn_try_leaves_the_next_one_free(register: WholeRegister) -> None:
    register.begin(intent())
    register.withdraw(intent())
    assert not register.begin(intent()).tried_before
    assert register.begin(intent()).tried_before


def test_every_try_is_withdrawn_where_none_of_them_did_it(register: WholeRegister) -> None:
    for _ in range(3):
        register.begin(intent())
    register.withdraw(intent(), every=True)
    assert not register.begin(intent()).tried_before


@pytest.mark.parametrize("every", [True, False])
def test_what_was_never_begun_is_withdrawn_already(register: WholeRegister, *, every: bool) -> None:
    register.withdraw(intent(), every=every)
    assert not register.begin(intent()).tried_before


def test_a_go_that_a_person_ordered_is_free_once(register: WholeRegister) -> None:
    register.begin(intent())
    assert not register.begin(intent(go=2)).tried_before
    assert register.begin(intent(go=2)).tried_before
    assert not register.begin(intent(go=3)).tried_before


def test_the_book_counts_what_nobody_knows_of_and_keeps_when_the_first_of_it_began(register: WholeRegister) -> None:
    first, second = register.begin(intent()), register.begin(intent())
    register.withdraw(intent())
    third = register.begin(intent())
    assert [known.unsure for known in (first, second, third)] == [0, 1, 1]
    assert first.since == second.since == third.since
    register.withdraw(intent())
    register.withdraw(intent())
    assert register.begin(intent()).since > first.since, "none of those before may have left"


def asks_of(register: WholeRegister, transfer: str) -> bool:
    return register.asks("mail_setup", intent().model_copy(update={"transfer_id": transfer}))


def asked(register: WholeRegister, transfer: str, version: int, problem: str | None) -> None:
    """The transfer shows that it asks about this, or about nothing any more."""
    items = (attention(intent().effect, problem=problem),) if problem else ()
    register.shows(shown(facts(), transfer).model_copy(update={"attention": items}), version)


def a_minute_passes(register: WholeRegister) -> None:
    with Session(register.engine) as session, session.begin():
        for row in session.exec(select(AskedRow)):
            row.at -= timedelta(minutes=1)


def test_what_concerns_all_mail_is_asked_by_one_transfer_until_it_is_settled_there(register: WholeRegister) -> None:
    for number in (1, 2, 3):
        register.opened(request(f"child-{number}", id=f"transfer-{number}"), THEN)
    assert [asks_of(register, f"transfer-{number}") for number in (1, 2, 1)] == [True, False, True]
    asked(register, "transfer-1", 1, "mail_setup")
    a_minute_passes(register)
    assert not asks_of(register, "transfer-2"), "the first one shows it"
    asked(register, "transfer-1", 2, None)
    assert [asks_of(register, f"transfer-{number}") for number in (2, 3, 1)] == [True, False, False]


def test_where_the_one_who_was_to_ask_never_did_another_asks(register: WholeRegister) -> None:
    for number in (1, 2):
        register.opened(request(f"child-{number}", id=f"transfer-{number}"), THEN)
    assert asks_of(register, "transfer-1")
    a_minute_passes(register)
    assert asks_of(register, "transfer-2")


def test_a_result_is_kept_for_good(register: WholeRegister) -> None:
    done = result(intent().effect, Ended.FOUND_DONE, "it is there")
    register.begin(intent())
    register.finish(intent(), done)
    for go in (1, 2):
        known = register.begin(intent(go=go))
        assert (known.tried_before, known.result) == (True, done)
    [told] = audit(register, "send_letter")
    assert (told.new, told.why) == ("found_done", "SD-33")


def test_what_a_person_ended_is_kept_like_every_other_result(register: WholeRegister) -> None:
    register.begin(intent())
    by_hand = result(intent().effect, Ended.BY_HAND)
    register.finish(intent(), by_hand)
    assert register.begin(intent()).result == by_hand


def test_what_a_person_ended_is_kept_even_where_no_try_came_as_far_as_its_intent(register: WholeRegister) -> None:
    by_hand = result(intent().effect, Ended.BY_HAND)
    register.finish(intent(), by_hand)
    assert register.begin(intent()).result == by_hand, "a name that Mosaic does not know fails before the intent"


def test_finishing_again_adds_no_second_line_to_the_record(register: WholeRegister) -> None:
    register.begin(intent())
    for _ in range(2):
        register.finish(intent(), result(intent().effect))
    assert len(audit(register, "send_letter")) == 1, "the activity that writes a result may run twice"


def test_what_has_happened_is_noted_anew_where_the_register_is_away_for_a_moment(register: WholeRegister) -> None:
    paused: list[float] = []
    book, failing = SqlEffectBook(register.store, paused.append), [1, 2]

    def fail(_: Connection) -> None:
        if failing and failing.pop():
            raise OperationalError("COMMIT", {}, Exception("the server restarts"))

    register.begin(intent())
    event.listen(register.engine, "commit", fail)
    book.finish(intent(), result(intent().effect))
    assert paused == [1, 2]
    assert register.begin(intent()).result == result(intent().effect), "else a mail that left would be unclear"


def test_what_cannot_be_noted_fails_in_the_end(register: WholeRegister) -> None:
    def fail(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("the server is away"))

    event.listen(register.engine, "commit", fail)
    with pytest.raises(OperationalError):
        SqlEffectBook(register.store, lambda seconds: None).finish(intent(), result(intent().effect))


def test_the_service_directory_is_changed_in_place(register: WholeRegister) -> None:
    register.put_services([service(name="Early Help Northern")])
    assert register.service("service-north") == service(name="Early Help Northern")
    assert register.service("service-nowhere") is None


def test_services_go_into_the_directory_all_or_none(register: WholeRegister) -> None:
    def broken_list() -> Iterator[EarlyHelpService]:
        yield service(ref="service-east")
        raise ValueError("line 2")

    with pytest.raises(ValueError, match="line 2"):
        register.put_services(broken_list())
    assert register.services() == [service()]


def test_a_reading_is_noted(register: WholeRegister) -> None:
    register.audit_read("transfer-1", "local user", "read in the Temporal UI")
    [row] = audit(register, "read in the Temporal UI")
    assert (row.transfer_id, row.who) == ("transfer-1", "local user")


def write_everything(register: WholeRegister) -> None:
    named = child_consent(CHILD, holder(because=MARKER), voice=voice(views=MARKER))
    register.opened(request(), THEN)
    for step in (
        consent(named, explained_by=MARKER, explained_how=MARKER),
        conversation(agreed_child(priorities=MARKER), shared_understanding=MARKER),
        withdrawal(family_said=MARKER),
        meeting(chair=MARKER),
        harm_report(concern=MARKER),
    ):
        register.store_evidence("transfer-1", taken(step))
    now = shown(
        facts_after(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    )
    entry = now.timeline[0].model_copy(update={"note": MARKER})
    register.shows(now.model_copy(update={"timeline": (entry,)}), 1)


def test_a_status_under_a_key_that_is_not_here_is_unreadable(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    register.shows(shown(facts()), 1)
    other = WholeRegister(Store(register.engine, Keyring(current="key-9", keys={"key-9": bytes(32)})))
    with pytest.raises(UnreadableError):
        other.status("transfer-1")


def test_a_sealed_status_opens_for_its_own_transfer_only(register: WholeRegister) -> None:
    for number in (1, 2):
        register.opened(request(f"child-{number}", id=f"transfer-{number}"), THEN)
        register.shows(shown(facts(), f"transfer-{number}"), 1)
    with Session(register.engine) as session, session.begin():
        one, other = session.get_one(TransferRow, "transfer-1"), session.get_one(TransferRow, "transfer-2")
        one.status = other.status
    with pytest.raises(UnreadableError):
        register.status("transfer-1")


@pytest.mark.parametrize("every", [True, False])
def test_a_lower_go_that_comes_late_neither_acts_nor_withdraws_the_one_a_person_ordered(
    register: WholeRegister, *, every: bool
) -> None:
    first, ordered = intent(go=1), intent(go=2)
    register.begin(first)
    assert not register.begin(ordered).tried_before
    register.withdraw(first, every=every)
    assert register.begin(ordered).tried_before, "the late withdrawal says nothing of the ordered go"
    assert register.begin(first).tried_before, "after a reset the workflow may count from one again"


def test_a_duplicate_stays_one_though_the_other_transfer_has_closed_meanwhile(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    assert register.opened(request(id="transfer-2"), THEN).duplicate_of == "transfer-1"
    register.shows(shown(facts_closed()), 9)
    assert register.opened(request(id="transfer-2"), THEN).duplicate_of == "transfer-1"


RESPONSE_CLOCK = "conversation/service-north/1"
"""A clock of the request for a conversation."""


def certificate(days: WorkingCalendar) -> Certificate:
    """Three working days from Monday 2 March 2026."""
    return calculate(Count(kind=ClockKind.CONVERSATION, received=THEN, policy_version="p-1", policy=RESPONSE), days)


def of_clock(clock_id: str, said: Certificate) -> DueDate:
    return DueDate(clock=clock_id, service_ref="service-north", certificate=said)


def kept(register: WholeRegister, days: WorkingCalendar, clock_id: str = RESPONSE_CLOCK) -> Certificate:
    said = certificate(days)
    register.keeps("transfer-1", of_clock(clock_id, said), days)
    return said


def clock_status(state: ClockState, due: datetime, **changes: Any) -> ClockStatus:
    return ClockStatus(
        **{"id": RESPONSE_CLOCK, "kind": ClockKind.CONVERSATION, "since": THEN, "due": due, "state": state, **changes}
    )


def alert(number: int, what: RungKind, due: datetime) -> Alert:
    return Alert(
        number=number,
        kind=ClockKind.CONVERSATION,
        clocks=(RESPONSE_CLOCK,),
        service_ref="service-north",
        due=due,
        rung=number - 1,
        what=what,
        at=due,
        raised_at=due + timedelta(minutes=1),
        audiences=(Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER),
        top=False,
    )


@pytest.mark.clause("SD-34")
def test_a_due_date_is_kept_with_everything_from_which_it_can_be_calculated_again(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    days = calendar()
    said = kept(register, days)
    [clock] = register.clocks("transfer-1")
    assert clock == KeptClock(RESPONSE_CLOCK, "on_track", None, None, said, days)
    assert calculate(Count(**{name: getattr(said, name) for name in Count.model_fields}), clock.calendar) == said


def test_a_due_date_that_is_calculated_again_replaces_the_one_before_and_both_stay_on_record(
    register: WholeRegister,
) -> None:
    register.opened(request(), THEN)
    first = kept(register, calendar())
    second = kept(register, calendar(announced=[{"day": "2026-03-04", "name": "A day of mourning"}]))
    assert second.due == first.due + timedelta(days=1)
    [clock] = register.clocks("transfer-1")
    assert (clock.certificate, clock.calendar.version) == (second, second.calendar)
    assert [(row.old, row.new, row.why) for row in audit(register, "due date calculated")] == [
        (None, first.due.isoformat(), RESPONSE_CLOCK),
        (first.due.isoformat(), second.due.isoformat(), RESPONSE_CLOCK),
    ]


def test_a_calendar_is_kept_once_however_many_clocks_rest_on_it(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    for clock_id in (RESPONSE_CLOCK, RESPONSE_CLOCK, "acknowledgement/child-a"):
        kept(register, calendar(), clock_id)
    assert [row.version for row in rows(register, CalendarRow)] == [calendar().version]
    assert [clock.clock_id for clock in register.clocks("transfer-1")] == ["acknowledgement/child-a", RESPONSE_CLOCK]


def test_of_many_clocks_that_begin_at_once_on_a_new_calendar_each_is_kept(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: kept(register, calendar(), f"acknowledgement/child-{number}"), range(6)))
    assert len(register.clocks("transfer-1")) == 6


@pytest.mark.parametrize("announced", [(), ({"day": "2026-03-04", "name": "A day of mourning"},)])
def test_keeping_a_due_date_again_leaves_how_its_clock_stands(register: WholeRegister, announced: tuple[Any]) -> None:
    register.opened(request(), THEN)
    due = kept(register, calendar()).due
    answered = clock_status(ClockState.MET, due, answered=THEN, recorded=NOW)
    register.shows(shown(facts()).model_copy(update={"clocks": (answered,)}), 1)
    kept(register, calendar(announced=announced))
    [clock] = register.clocks("transfer-1")
    assert (clock.state, clock.answered_at, clock.recorded_at) == ("met", THEN, NOW)


def test_what_comes_late_replaces_no_due_date_that_was_kept_since_and_brings_one_that_is_not_kept(
    register: WholeRegister,
) -> None:
    register.opened(request(), THEN)
    newer = certificate(calendar(announced=[{"day": "2026-03-04", "name": "A day of mourning"}]))
    older, other = certificate(calendar()), "acknowledgement/child-a"
    told = Projection(status=shown(facts()), version=2, due_dates=(of_clock(RESPONSE_CLOCK, newer),))
    register.project(told, calendar(announced=[{"day": "2026-03-04", "name": "A day of mourning"}]))
    register.shows(shown(facts()), 1, of_clock(RESPONSE_CLOCK, older), of_clock(other, older))
    assert {clock.clock_id: clock.certificate for clock in register.clocks("transfer-1")} == {
        RESPONSE_CLOCK: newer,
        other: older,
    }


def test_a_due_date_that_is_kept_twice_is_on_record_once(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    for _ in range(2):
        kept(register, calendar())
    assert len(audit(register, "due date calculated")) == 1, "the activity that keeps it may run twice"


@pytest.mark.clause("SD-34")
def test_what_is_shown_says_how_clocks_stand_and_records_each_alert_once(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    due = kept(register, calendar()).due
    now = shown(facts()).model_copy(update={"clocks": (clock_status(ClockState.BREACHED, due),)})
    reminder, breach = alert(1, RungKind.REMINDER, due - timedelta(days=1)), alert(2, RungKind.BREACH, due)
    register.shows(now.model_copy(update={"alerts": (reminder,)}), 1)
    register.shows(now.model_copy(update={"alerts": (reminder, breach)}), 2)
    assert [clock.state for clock in register.clocks("transfer-1")] == ["breached"]
    found = sorted(rows(register, AlertRow), key=lambda row: row.number)
    assert [(row.number, row.what, row.due, row.audiences) for row in found] == [
        (1, "reminder", due - timedelta(days=1), "early_help_contact,social_worker"),
        (2, "breach", due, "early_help_contact,social_worker"),
    ]


@pytest.mark.clause("SD-34")
def test_the_list_says_how_those_stand_who_must_answer_and_until_when(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    [line] = register.transfers()
    assert (line.response, line.response_due) == ("none", None)
    due = kept(register, calendar()).due
    for version, (state, response_due) in enumerate(
        [(ClockState.ON_TRACK, due), (ClockState.BREACHED, due), (ClockState.PAUSED, None), (ClockState.MET, None)], 1
    ):
        register.shows(shown(facts()).model_copy(update={"clocks": (clock_status(state, due),)}), version)
        [line] = register.transfers()
        assert (line.response, line.response_due) == (state.value, response_due)


def test_a_clock_that_is_not_calculated_yet_is_shown_without_a_row(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    starting = clock_status(ClockState.STARTING, THEN).model_copy(update={"due": None})
    register.shows(shown(facts()).model_copy(update={"clocks": (starting,)}), 1)
    assert register.clocks("transfer-1") == rows(register, ClockRow) == []


def test_people_teams_and_offices_are_known_as_they_were_said_last(register: WholeRegister) -> None:
    office = Person(ref="operations", email="ops@council.example")
    register.put_people([manager(email="old@council.example"), office])
    register.put_people([manager()])
    assert register.people() == [office, manager()]
    assert (register.address_of("tm-1"), register.address_of("nobody")) == ("manager@council.example", None)


def test_who_stands_in_is_told_and_nobody_is_told_after_their_time(register: WholeRegister) -> None:
    days = {"cover_from": date(2026, 3, 2), "cover_until": date(2026, 3, 6)}
    cover = manager(ref="tm-2", email="cover@council.example", covers=("tm-1",), **days)
    register.put_people([manager(until=date(2026, 3, 9)), cover])

    def told(day: int) -> str | None:
        return SqlDirectory(register.store, lambda: date(2026, 3, day)).address_of("tm-1")

    assert [told(day) for day in (1, 2, 6, 7, 9, 10)] == [
        "manager@council.example",
        *["cover@council.example"] * 2,
        *["manager@council.example"] * 2,
        None,
    ]


def test_a_meeting_keeps_the_first_address_of_its_organiser(register: WholeRegister) -> None:
    assert register.organiser_of("meeting-1", None) is None
    assert register.organiser_of("meeting-1", "first@council.example") == "first@council.example"
    assert register.organiser_of("meeting-1", "second@council.example") == "first@council.example"
    assert register.organiser_of("meeting-1", None) == "first@council.example"
    assert register.organiser_of("meeting-2", "second@council.example") == "second@council.example"


def test_people_go_into_the_directory_all_or_none(register: WholeRegister) -> None:
    with pytest.raises(IntegrityError):
        register.put_people([manager(), manager(ref="tm-2").model_copy(update={"email": None})])
    assert rows(register, PersonRow) == []


def due(said: Certificate) -> DueDate:
    return of_clock(RESPONSE_CLOCK, said)


def test_a_due_date_is_kept_with_what_is_shown_and_again_changes_nothing(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    said = certificate(calendar())
    for _ in range(2):
        register.shows(shown(facts()), 3, due(said))
    [clock] = register.clocks("transfer-1")
    assert clock.certificate == said
    assert len(audit(register, "due date calculated")) == 1


def test_a_clock_that_is_kept_after_its_transfer_was_shown_stands_as_was_shown(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    said = certificate(calendar())
    answered = clock_status(ClockState.MET, said.due, answered=THEN, recorded=NOW)
    now = shown(facts()).model_copy(update={"clocks": (answered,)})
    register.shows(now, 3)
    register.shows(now, 3, due(said))
    [clock] = register.clocks("transfer-1")
    assert (clock.state, clock.answered_at) == ("met", THEN)


def test_a_due_date_whose_calendar_the_register_has_lost_is_told_and_keeps_no_transfer_from_being_shown(
    register: WholeRegister,
) -> None:
    register.opened(request(), THEN)
    on_another = certificate(calendar(announced=[{"day": "2026-03-04", "name": "A day of mourning"}]))
    register.shows(shown(facts_closed()), 3, due(on_another))
    assert register.clocks("transfer-1") == []
    now = register.status("transfer-1")
    assert now is not None
    assert now.outcome is not None
    register.shows(shown(facts_closed()), 3, due(on_another))
    [told] = audit(register, "due date not kept")
    assert (told.new, str(told.why).split(":")[0]) == (on_another.due.isoformat(), RESPONSE_CLOCK)


def test_a_certificate_whose_key_is_gone_is_replaced_by_the_newer_one(register: WholeRegister) -> None:
    register.opened(request(), THEN)
    kept(register, calendar())
    other = WholeRegister(Store(register.engine, Keyring(current="key-9", keys={"key-9": bytes(32)})))
    other.shows(shown(facts()), 3, due(certificate(calendar())))
    [clock] = other.clocks("transfer-1")
    assert clock.certificate == certificate(calendar())


def test_due_dates_of_a_transfer_that_the_register_has_lost_wait_until_it_is_there_again(
    register: WholeRegister,
) -> None:
    with pytest.raises(PassingError):
        register.shows(shown(facts()), 3, due(certificate(calendar())))
    assert register.clocks("transfer-1") == []
