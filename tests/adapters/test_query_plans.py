"""How the register is read: by its indexes, and never by opening every transfer, clock or step that was ever kept."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, event, text
from sqlalchemy.schema import CreateIndex
from sqlmodel import SQLModel

from adapters.register.lists import After, DueBefore, Wanted
from models.access import Caller, Privacy
from models.journey.clocks import ENDED
from models.journey.steps import ReportsHarm, step_name
from models.kinds import RESPONSES, Audience
from models.operations.digest import Recipient
from models.register.tables import INDEXES, IS_OWED, RUNS, SAYS_HARM
from models.step_down.steps.every import STEPS
from tests.builders import CHILD, NOW, THEN, request, service
from tests.register import WholeRegister

AGES_AGO, IN_AGES = NOW - timedelta(days=9999), NOW + timedelta(days=9999)
OPEN = "transfers_in_hand"
SEEN, SEEN_IN_HAND = "journeys_seen", "journeys_seen_in_hand"
OF_A_TEAM = Caller(who="sw-9", teams=frozenset({"team-sw"}), own=frozenset({Privacy.PLAIN, Privacy.NARRATIVE}))
OPERATIONS = Caller(who="op-1", everywhere=frozenset({Privacy.PLAIN}))
GROWS = {"transfers", "children", "clocks", "evidence", "effects", "alerts", "audit_events", "seen_by"}
BY_TIME = {OPEN, "transfers_started"}
"""Which of them leads to one of a few rows is chance."""
TRANSFER_OF_A_CLOCK = "sqlite_autoindex_transfers_1 (id=?)"
"""Its team, and whether it is open, stand in its own row."""
READER = Recipient(audience=Audience.SOCIAL_WORKER, ref="sw-7")

Read = Callable[[WholeRegister], object]


def page(wanted: Wanted) -> Read:
    return lambda register: register.page(wanted, 1, 50)


def found_by(caller: Caller, wanted: Wanted) -> Read:
    return lambda register: register.slice(wanted, caller, After(NOW, "t-9"), 50)


READS: dict[str, tuple[Read, set[str]]] = {
    "figures": (lambda r: r.figures(), {OPEN, "clocks_running", "alerts_told", "harm_reports"}),
    "digest": (lambda r: r.running_transfers(), {OPEN, "clocks_running"}),
    "digest of one": (lambda r: r.running_transfers(READER), {OPEN, "clocks_running"}),
    "list": (page(Wanted()), {OPEN, "harm_reports"}),
    "list of a stage": (page(Wanted(stage="consent")), {OPEN}),
    "list of a service": (page(Wanted(service="east-hub")), {OPEN}),
    "list of a team": (page(Wanted(team="team-1")), {OPEN}),
    "list of what needs attention": (page(Wanted(attention=True)), {OPEN}),
    "list of what is overdue": (page(Wanted(overdue=True)), {OPEN}),
    "list of what is due": (page(Wanted(due_before=DueBefore(NOW, {"t-1": NOW}))), {OPEN}),
    "list of all": (page(Wanted(ended=True)), {"transfers_started"}),
    "list of all of a service": (page(Wanted(ended=True, service="east-hub")), {"transfers_started"}),
    "report of answers": (lambda r: r.asked(AGES_AGO, IN_AGES), {"clocks_of_services"}),
    "report of outcomes": (lambda r: r.ran(AGES_AGO, IN_AGES), {"transfers_started"}),
    "family": (lambda r: list(r.journeys("family-1")), {"transfers_of_family"}),
    "family for named people": (lambda r: r.hidden("family-1"), {"transfers_of_family"}),
    "families let go": (
        lambda r: r.let_go(AGES_AGO, IN_AGES, NOW),
        {"families_of_ended"},
    ),
    "families who came back": (lambda r: r.came_back(AGES_AGO, IN_AGES), {"children_let_go", "children_referred"}),
    "open transfer of a child": (lambda r: r.open_transfer_of(CHILD), {"one_open_transfer_per_child"}),
    "start": (lambda r: r.opened(request(), THEN), {"one_open_transfer_per_child"}),
    "ids to compare": (lambda r: r.transfers_to_compare(NOW), {"transfers_ended"}),
    "ids": (lambda r: r.ids(), {"INDEX"}),
    "what somebody named finds": (found_by(Caller(who="sw-7"), Wanted(ended=True)), {SEEN}),
    "what a team finds": (found_by(OF_A_TEAM, Wanted(ended=True)), {SEEN}),
    "what a team finds that is open": (found_by(OF_A_TEAM, Wanted(journey="step-down")), {SEEN_IN_HAND}),
    "what of it needs attention": (found_by(OF_A_TEAM, Wanted(ended=True, attention=True)), {SEEN_IN_HAND}),
    "what operations find": (found_by(OPERATIONS, Wanted(ended=True)), {"transfers_started"}),
    "what operations find that is open": (found_by(OPERATIONS, Wanted()), {OPEN}),
    "who may see one": (lambda r: r.about("t-1"), {"INDEX"}),
    "what was noted": (lambda r: r.audit("t-1", 1, 50), {"ix_audit_events_transfer_id"}),
    "services and teams": (lambda r: r.open_between(), {OPEN}),
}


@contextmanager
def asked(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is asked meanwhile, with its values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(register: WholeRegister, read: Read) -> list[str]:
    """The steps in which SQLite answers what is read."""
    register.put_services([service()])
    register.opened(request(id="t-1"), THEN)
    with asked(register.engine) as seen:
        read(register)
    questions = [(statement, values) for statement, values in seen if statement.startswith("SELECT")]
    with register.engine.connect() as connection:
        return [
            row[3]
            for statement, values in questions
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.parametrize("name", READS)
def test_no_table_that_grows_is_read_whole(register: WholeRegister, name: str) -> None:
    read, _ = READS[name]
    whole = [step for step in plan(register, read) if step.startswith("SCAN") and "USING" not in step]
    assert [step for step in whole if step.split()[1] in GROWS] == []


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_found_by_its_index(register: WholeRegister, name: str) -> None:
    read, indexes = READS[name]
    steps = " ".join(plan(register, read))
    assert {index for index in indexes if not re.search(rf"\b{index}\b", steps)} == set(), steps


@pytest.mark.parametrize("name", ["figures", "report of answers", "report of outcomes", "ids to compare", "ids"])
def test_what_is_counted_stands_in_the_index_and_no_row_is_opened_for_it(register: WholeRegister, name: str) -> None:
    read, _ = READS[name]
    opened = [step for step in plan(register, read) if "INDEX" in step and "COVERING" not in step]
    assert [step for step in opened if not step.endswith(TRANSFER_OF_A_CLOCK)] == []


def test_the_migrations_make_each_index_in_the_words_in_which_queries_ask(register: WholeRegister) -> None:
    with register.engine.connect() as connection:
        made = set(connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")))
    wanted = {str(CreateIndex(index).compile(register.engine)).strip() for index in INDEXES}
    assert wanted - made == set()


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("register_url", ["postgresql"], indirect=True)
def test_on_postgresql_the_same_indexes_fit(register: WholeRegister, name: str) -> None:
    read, indexes = READS[name]
    steps = "\n".join(plan_of_postgresql(register, read))
    assert not re.search(rf"Seq Scan on ({'|'.join(GROWS)})", steps), steps
    missing = {index for index in indexes - {"INDEX"} if index not in steps}
    assert missing == set() or (missing <= BY_TIME and any(index in steps for index in BY_TIME)), steps


def plan_of_postgresql(register: WholeRegister, read: Read) -> list[str]:
    """The steps where no table is read whole that an index leads into, though a few rows are soonest read so.

    As in new tables: what other tests left of them, and the server counted, would make it choose otherwise.
    """
    with register.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(SQLModel.metadata.tables)}")
    register.put_services([service()])
    register.opened(request(id="t-1"), THEN)
    with asked(register.engine) as seen:
        read(register)
    questions = [(said, values) for said, values in seen if re.match(r"SELECT\b.*\bFROM\b", said, re.DOTALL)]
    with register.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [
            row[0]
            for statement, values in questions
            for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        ]


def literals(rule: ColumnElement[bool]) -> set[str]:
    return set(re.findall(r"'(\w+)'", str(rule)))


def test_what_indexes_hold_is_what_the_models_mean() -> None:
    assert literals(RUNS) == {state.value for state in ENDED}
    assert literals(IS_OWED) == {kind.value for kind in RESPONSES}
    assert literals(SAYS_HARM) == {step_name(kind) for kind in STEPS if issubclass(kind, ReportsHarm)}
