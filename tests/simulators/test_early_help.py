"""Early Help workflows in the rehearsal Mosaic: one contact at a time, left open, and added to."""

from typing import Any

import httpx
import pytest

from tests.simulators.conftest import Server
from tests.simulators.test_mosaic import ERROR, Family, refused

SECTIONS = {"who_asks": "A school", "current_issues": "The mornings", "work_so_far": "Breakfast club"}
CONTACT = "Early Help Contact"


@pytest.fixture
def family(mosaic_server: Server) -> Family:
    assert mosaic_server.http is not None
    mosaic_server.http.delete("/rehearsal/faults", params={"counts": True}).raise_for_status()
    return Family(mosaic_server.http)


def start(family: Family, **said: Any) -> httpx.Response:
    body = {"reference": "k1", "team": "team-eh", **SECTIONS, **said}
    return family.http.post(f"/persons/{family.child}/early-help-contacts", json=body)


def add(family: Family, step_id: str, **said: Any) -> httpx.Response:
    body = {"reference": "k2", "team": "team-eh", "work_so_far": "A talk each week", **said}
    return family.http.post(f"/workflow-steps/{step_id}/entries", json=body)


def shown(family: Family) -> list[tuple[str, str, list[str]]]:
    """Type and status of each Early Help workflow, and the keys of its entries."""
    found = family.http.get(f"/persons/{family.child}/early-help").json()
    return [
        (one["step"]["type"], one["step"]["status"], [entry["reference"] for entry in one["entries"]]) for one in found
    ]


def restrict(family: Family) -> None:
    body = {"person_ref": family.child, "restricted": True, "allowed_teams": ["team-other"]}
    family.http.post("/rehearsal/restrictions", json=body).raise_for_status()


@pytest.mark.clause("ER-09")
@pytest.mark.clause("ER-09a")
def test_a_contact_is_started_with_its_first_sections_and_left_open_for_the_team(family: Family) -> None:
    assert shown(family) == []
    step = start(family).json()
    assert (step["type"], step["status"], step["assigned_to"]) == (CONTACT, "Started", "team-eh")
    assert shown(family) == [(CONTACT, "Started", ["k1"])]
    [entry] = family.books()["entries"]
    assert {name: entry[name] for name in SECTIONS} == SECTIONS
    assert family.outcomes() == [("k1", "committed")]


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize("section", SECTIONS)
def test_a_contact_without_one_of_its_first_sections_is_not_started(family: Family, section: str) -> None:
    assert refused(start(family, **{section: None})) == (422, "mandatory_missing")
    assert shown(family) == []


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize("status", ["Incoming", "Started", "Reopened"])
@pytest.mark.parametrize("type_", [CONTACT, "Early Help Plan", "Early Help: Transfer from Social Work"])
def test_no_contact_is_started_where_an_early_help_workflow_or_plan_is_open(
    family: Family, type_: str, status: str
) -> None:
    family.open_by_hand(type_, status)
    assert refused(start(family)) == (409, "early_help_open")
    assert shown(family) == [(type_, status, [])]
    assert family.outcomes() == [("k1", "refused:early_help_open")]


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize("status", ["Completed", "Cancelled"])
def test_a_contact_is_started_beside_one_that_is_over(family: Family, status: str) -> None:
    family.open_by_hand(CONTACT, status)
    assert start(family).status_code == 201
    assert [one[1] for one in shown(family)] == [status, "Started"]


@pytest.mark.clause("ER-11")
def test_an_open_workflow_is_added_to_and_stays_open(family: Family) -> None:
    plan = family.open_by_hand("Early Help Plan", "Started")
    step = add(family, plan, current_issues="He comes late").json()
    assert (step["status"], step["version"]) == ("Started", 2)
    assert shown(family) == [("Early Help Plan", "Started", ["k2"])]


@pytest.mark.clause("ER-11")
def test_asked_twice_it_writes_twice(family: Family) -> None:
    plan = family.open_by_hand("Early Help Plan", "Started")
    for _ in range(2):
        add(family, plan).raise_for_status()
    assert shown(family)[0][2] == ["k2", "k2"]


@pytest.mark.parametrize("status", ["Completed", "Cancelled"])
def test_what_is_over_is_not_added_to(family: Family, status: str) -> None:
    assert refused(add(family, family.open_by_hand(CONTACT, status))) == (409, "already_completed")


def test_a_step_that_is_none_of_early_help_is_not_added_to(family: Family) -> None:
    assert refused(add(family, family.step_id)) == (422, "invalid_request")


def test_a_locked_contact_is_not_added_to(family: Family) -> None:
    contact = start(family).json()["id"]
    family.http.post("/rehearsal/locks", json={"step_id": contact, "locked": True}).raise_for_status()
    assert refused(add(family, contact)) == (423, "locked")
    assert shown(family) == [(CONTACT, "Started", ["k1"])]


def test_a_restricted_record_is_neither_begun_nor_added_to_for_a_team_that_may_not_see_it(family: Family) -> None:
    contact = family.open_by_hand(CONTACT, "Started")
    restrict(family)
    assert refused(add(family, contact)) == (403, "restricted_record")
    assert add(family, contact, team="team-other").status_code == 201
    family.http.post("/rehearsal/step-status", json={"step_id": contact, "status": "Completed"}).raise_for_status()
    assert refused(start(family)) == (403, "restricted_record")
    assert start(family, team="team-other").status_code == 201


def test_a_team_that_mosaic_does_not_know_gets_no_contact(family: Family) -> None:
    assert refused(start(family, team="team-unknown")) == (422, "unknown_team")
    assert shown(family) == []


def test_of_somebody_who_is_not_there_nothing_is_started_or_added_to(family: Family) -> None:
    family.child = "none"
    assert refused(start(family)) == (404, "not_found")
    assert refused(add(family, "none")) == (404, "not_found")


@pytest.mark.parametrize("operation", ["start_contact", "add_entry"])
def test_a_rehearsed_fault_before_or_after_says_what_was_written(family: Family, operation: str) -> None:
    contact = "" if operation == "start_contact" else family.open_by_hand(CONTACT, "Started")

    def write() -> httpx.Response:
        return add(family, contact) if contact else start(family)

    family.script(operation, ERROR, {**ERROR, "when": "after"})
    assert refused(write()) == (423, "locked")
    assert family.books()["entries"] == []
    assert refused(write()) == (423, "locked")
    assert len(family.books()["entries"]) == 1
