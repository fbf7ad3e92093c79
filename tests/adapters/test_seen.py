"""Who finds which journeys in the register, and what decides how much of one somebody sees."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from adapters.register.lists import After, TransferLine, Wanted
from models.access import About, Caller, Part, Privacy, view
from models.journey.answers import CLOSED
from models.operations.differences import Difference, DifferenceKind
from models.people import Person
from models.register.tables import ChildRow, How, SeenByRow, TransferRow
from models.step_down.stage import Outcome, Stage
from models.vocabulary import Role
from tests import help_requests, step_ups
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    THEN,
    attention,
    calendar,
    child_consent,
    close_child,
    consent,
    facts,
    facts_after,
    reassigned,
    request,
    service,
    withdrawal,
)
from tests.register import WholeRegister
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

TODAY = date(2026, 3, 5)
IN_A_WEEK = TODAY + timedelta(days=7)
ONE_OF_TWO = consent(CHILD, child_consent(SIBLING, stands=False))
OF_CASEWORK = frozenset({Privacy.PLAIN, Privacy.NARRATIVE})


@pytest.fixture
def register(register: WholeRegister) -> WholeRegister:
    whole = WholeRegister(register.store, policy=register.policy, today=lambda: TODAY)
    whole.put_services([service(), service(ref="service-south", mosaic_team="team-south")])
    return whole


def shown(register: WholeRegister, *steps: Any, version: int = 1, **start: Any) -> None:
    begun = facts(request=request(**start))
    register.opened(begun.request, THEN)
    register.shows(status(facts_after(*steps, before=begun)), version)


def about(register: WholeRegister, transfer: str = "transfer-1") -> About:
    found = register.about(transfer)
    assert found is not None
    return found


def test_a_step_down_is_its_teams_and_named_are_its_worker_and_manager(register: WholeRegister) -> None:
    shown(register)
    assert about(register) == About(
        restricted=False, named=frozenset({"sw-7", "tm-1"}), teams=frozenset({"team-sw"}), agreed={}
    )
    assert register.about("unknown") is None


def test_as_soon_as_it_is_opened_it_is_known_whose_it_is(register: WholeRegister) -> None:
    register.opened(request(restricted=True), THEN)
    assert (about(register).restricted, about(register).teams) == (True, {"team-sw"})


def test_a_service_sees_the_children_for_whom_consent_covers_something_by_each_of_its_names(
    register: WholeRegister,
) -> None:
    start = request(CHILD, SIBLING)
    register.opened(start, THEN)
    agreed = facts_after(ONE_OF_TWO, before=facts(request=start))
    register.shows(status(agreed), 1)
    assert about(register).agreed == {"service-north": {CHILD}, "team-eh": {CHILD}}
    register.shows(status(facts_after(withdrawal(CHILD), before=agreed)), 2)
    assert about(register).agreed == {}


def found(register: WholeRegister, wanted: Wanted, *teams: str) -> list[str]:
    caller = Caller(who="somebody", teams=frozenset(teams), own=OF_CASEWORK)
    return [one.id for one in register.slice(wanted, caller, None, 10)]


def test_whom_it_is_given_to_finds_it_and_who_had_it_no_more(register: WholeRegister) -> None:
    begun = facts_after(ONE_OF_TWO, before=facts(CHILD, SIBLING))
    register.opened(begun.request, THEN)
    register.shows(status(begun), 1)
    assert (found(register, Wanted(), "team-sw"), found(register, Wanted(), "team-eh")) == (["transfer-1"],) * 2
    elsewhere = facts_after(reassigned(social_work_team="team-9"), withdrawal(CHILD), before=begun)
    register.shows(status(elsewhere), 2)
    assert found(register, Wanted(), "team-9") == ["transfer-1"]
    assert found(register, Wanted(ended=True), "team-sw", "team-eh") == []


def test_what_has_ended_is_found_among_all_and_among_the_open_where_something_waits(register: WholeRegister) -> None:
    begun = facts()
    register.opened(begun.request, THEN)
    ended = status(begun).model_copy(update={"stage": Stage.CLOSED, "outcome": Outcome.CANCELLED})
    register.shows(ended, 1)
    assert (found(register, Wanted(), "team-sw"), found(register, Wanted(ended=True), "team-sw")) == (
        [],
        ["transfer-1"],
    )
    waits = {"attention": (attention(close_child(CHILD), 1),)}
    register.shows(ended.model_copy(update=waits), 2)
    assert found(register, Wanted(), "team-sw") == found(register, Wanted(attention=True), "team-sw") == ["transfer-1"]


def test_what_the_comparison_alone_shows_is_found_among_what_waits(register: WholeRegister) -> None:
    begun = facts()
    register.opened(begun.request, THEN)
    register.shows(status(begun).model_copy(update={"stage": Stage.CLOSED, "outcome": Outcome.CANCELLED}), 1)
    difference = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id="transfer-1", subject=CHILD)
    register.show_differences("transfer-1", [difference], NOW, all_compared=True)
    assert found(register, Wanted(), "team-sw") == ["transfer-1"]
    register.show_differences("transfer-1", [], NOW, all_compared=True)
    assert found(register, Wanted(), "team-sw") == []


def test_a_request_is_its_services_own_and_nobody_is_named(register: WholeRegister) -> None:
    now = help_requests.facts()
    start = now.request
    register.open_transfer(start, THEN, calendar(), lambda opening: help_requests.status(now))
    found = about(register, start.id)
    assert (found.named, found.teams, found.agreed) == (frozenset(), {"service-north", "team-eh"}, {})


def test_a_referral_is_the_front_doors_and_no_services(register: WholeRegister) -> None:
    now = step_ups.facts()
    start = now.request
    register.open_transfer(start, THEN, calendar(), lambda opening: step_ups.status(now))
    found = about(register, start.id)
    assert (found.named, found.teams, found.agreed) == (frozenset(), {"duty-and-advice", "emergency-duty-team"}, {})


def colleague(ref: str, **changes: Any) -> Person:
    said = {"ref": ref, "email": f"{ref}@council.example", "name": f"Name of {ref}", "roles": (Role.TEAM_MANAGER,)}
    return Person.model_validate({**said, **changes})


def covering(ref: str, whom: str, begin: date, end: date, **changes: Any) -> Person:
    return colleague(ref, covers=(whom,), cover_from=begin, cover_until=end, **changes)


def test_who_stands_in_today_is_named_and_whose_time_has_ended_is_not(register: WholeRegister) -> None:
    day = timedelta(days=1)
    register.put_people(
        [
            colleague("tm-1", until=TODAY - day),
            covering("today", "tm-1", TODAY, TODAY),
            covering("from-tomorrow", "tm-1", TODAY + day, TODAY + day),
            covering("until-yesterday", "tm-1", TODAY - day, TODAY - day),
            covering("gone-themselves", "tm-1", TODAY, TODAY, until=TODAY - day),
        ]
    )
    shown(register)
    assert about(register).named == {"sw-7", "today"}


def line(register: WholeRegister, caller: Caller) -> TransferLine:
    [found] = register.slice(Wanted(ended=True), caller, None, 10)
    return found


def test_a_service_finds_that_a_transfer_ended_and_not_how_nor_what_waits_in_it(register: WholeRegister) -> None:
    start = request(CHILD, SIBLING)
    register.opened(start, THEN)
    now = status(facts_after(ONE_OF_TWO, before=facts(request=start)))
    ended = {"stage": Stage.CLOSED, "outcome": Outcome.ESCALATED, "attention": (attention(close_child(CHILD), 1),)}
    register.shows(now.model_copy(update=ended), 1)
    theirs = line(register, Caller(who="eh-1", teams=frozenset({"team-eh"}), own=OF_CASEWORK))
    assert (theirs.outcome, theirs.attention, theirs.needs_attention) == (CLOSED, (), False)
    assert set(theirs.waiting_for) <= {"early_help_contact", "early_help_service"}
    assert line(register, Caller(who="sw-7")).outcome == Outcome.ESCALATED
    in_hand = register.slice(Wanted(), Caller(who="eh-1", teams=frozenset({"team-eh"}), own=OF_CASEWORK), None, 10)
    assert in_hand == [], "that something of it still waits for a person is not for the service"


REFS = ("sw-7", "tm-1", "team-sw", "team-eh", "service-north", "service-south", "team-south", "duty-and-advice")


def random_rows(register: WholeRegister, chance: Random, number: int) -> list[str]:
    """Transfers of all kinds of families, found under all kinds of names, for all kinds of reasons."""
    ids = [f"t-{place:03}" for place in range(number)]
    with register.store.transaction() as session:
        for name in ids:
            outcome = chance.choice([None, "transferred"])
            row = TransferRow(
                id=name,
                journey="step-down",
                family_ref="f",
                version=1,
                route="assessment",
                stage=chance.choice(["consent", "decision"]),
                stage_words="-",
                outcome=outcome,
                service_ref=chance.choice(REFS),
                waiting_for="",
                attention=chance.choice(["", "locked"]),
                restricted=chance.random() < 0.3,
                opened_at=THEN + timedelta(hours=chance.randrange(5)),
            )
            session.add(row)
            session.flush()
            for ref, how in {(chance.choice(REFS), chance.choice([*How])) for _ in range(chance.randrange(4))}:
                found = {"opened_at": row.opened_at, "in_hand": row.in_hand, "journey": row.journey}
                session.add(SeenByRow(transfer_id=name, ref=ref, how=how, **found))
                if how is How.AGREED:
                    child = f"c-{name}-{ref}"
                    said = {"journey": "step-down", "open": False, "agreed_for": ref}
                    session.add(ChildRow(transfer_id=name, child_ref=child, **said))
    return ids


def random_callers(chance: Random, number: int) -> Iterator[Caller]:
    classes = [frozenset[Privacy](), frozenset({Privacy.PLAIN}), OF_CASEWORK, frozenset(Privacy)]
    for _ in range(number):
        yield Caller(
            who=chance.choice(["sw-7", "tm-1", "stands-in", "stands-in-later", "gone", "somebody"]),
            teams=frozenset(chance.sample(REFS, chance.randrange(4))),
            everywhere=chance.choice([classes[0], classes[0], *classes[1:]]),
            own=chance.choice([classes[0], classes[1], classes[2], classes[2]]),
        )


def all_pages(register: WholeRegister, wanted: Wanted, caller: Caller, most: int) -> list[str]:
    ids: list[str] = []
    after: After | None = None
    while lines := register.slice(wanted, caller, after, most):
        ids += [line.id for line in lines]
        after = After(lines[-1].opened_at, lines[-1].id)
        assert len(lines) <= most
    return ids


@pytest.mark.parametrize("seed", range(4))
def test_everybody_finds_what_they_may_see_and_nothing_else_page_by_page_the_newest_first(
    register: WholeRegister, seed: int
) -> None:
    chance = Random(seed)
    ids = random_rows(register, chance, 40)
    register.put_people(
        [
            covering("stands-in", "tm-1", TODAY, TODAY),
            covering("stands-in-later", "tm-1", IN_A_WEEK, IN_A_WEEK),
            covering("gone", "sw-7", TODAY, TODAY, until=TODAY - timedelta(1)),
        ]
    )
    every = {name: about(register, name) for name in ids}
    lines = {line.id: line for line in register.transfers()}
    for caller in random_callers(chance, 25):
        parts = {name: view(caller, every[name]).part for name in ids}
        seen = [name for name in ids if parts[name] is not Part.NOTHING]
        newest = sorted(seen, key=lambda name: (lines[name].opened_at, name), reverse=True)
        assert all_pages(register, Wanted(ended=True), caller, chance.choice([1, 3, 50])) == newest, caller
        of_service = {name for name in seen if parts[name] is Part.THESE_CHILDREN and lines[name].outcome is not None}
        in_hand = [name for name in newest if lines[name].outcome is None or lines[name].attention]
        wanted = [name for name in in_hand if name not in of_service]
        assert all_pages(register, Wanted(), caller, 4) == wanted, caller
        consent_only = [name for name in wanted if lines[name].stage == "consent"]
        assert all_pages(register, Wanted(stage="consent"), caller, 4) == consent_only, caller


def test_what_was_noted_is_read_page_by_page_the_oldest_first(register: WholeRegister) -> None:
    register.opened(request(), NOW)
    register.opened(request("c-9", id="transfer-2"), NOW)
    for number in range(5):
        register.audit_read("transfer-1", "sw-7", f"read {number}")
    first = register.audit("transfer-1", None, 4)
    rest = register.audit("transfer-1", first[-1].number, 4)
    assert [row.what for row in (*first, *rest)] == ["transfer opened", *(f"read {number}" for number in range(5))]
    assert {row.who for row in rest} == {"sw-7"}
    assert register.audit("transfer-1", rest[-1].number, 4) == []
