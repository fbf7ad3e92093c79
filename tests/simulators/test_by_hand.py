"""What people do in Mosaic by hand: it reaches the contract's endpoints, and stands in the books."""

import signal
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulators.conftest import Server, start_mosaic
from tests.simulators.test_mosaic import CLOSED, TRANSFER, Family, refused

CONFERENCE = {"held_on": "2026-03-02", "outcome": "ends", "confirmed": True}


@pytest.fixture
def family(mosaic_server: Server) -> Family:
    assert mosaic_server.http is not None
    mosaic_server.http.delete("/rehearsal/faults").raise_for_status()
    return Family(mosaic_server.http)


def act(family: Family, path: str, **body: Any) -> httpx.Response:
    return family.http.post(f"/rehearsal/{path}", json=body)


def test_it_says_what_can_be_done_by_hand(family: Family) -> None:
    doings = {doing["call"]: doing for doing in family.http.get("/rehearsal").json()}
    lock = doings["POST /rehearsal/locks"]
    assert (lock["does"], lock["fields"]) == ("Lock a step, or unlock it.", ["step_id", "locked"])
    assert "GET /rehearsal/books" in doings


def test_a_page_shows_each_child_with_its_steps_and_what_follows_them(family: Family) -> None:
    family.complete(CLOSED, TRANSFER).raise_for_status()
    page = family.http.get("/")
    rows = [unescape(row) for row in page.text.splitlines() if family.child in row]
    said = ("Made Up", "Completed", CLOSED["type"], f"{TRANSFER['type']}, to {TRANSFER['assigned_to']}")
    assert any(all(words in row for words in said) for row in rows)
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_nothing_in_the_books_is_taken_for_a_mark_of_the_page(family: Family) -> None:
    family.http.post(
        "/rehearsal/families",
        json={"family_ref": "F-marks", "children": [{"ref": "c-marks", "name": "<b>Marks</b>"}]},
    ).raise_for_status()
    page = family.http.get("/").text
    assert "&lt;b&gt;Marks" in page
    assert "<b>Marks" not in page


def test_a_step_with_an_empty_part_is_refused_until_the_part_is_filled_in(family: Family) -> None:
    assert act(family, "parts", step_id=family.step_id, missing=True).json() == family.step()
    assert family.books()["steps"][0]["part_missing"] is True
    assert refused(family.complete(CLOSED)) == (422, "mandatory_missing")
    act(family, "parts", step_id=family.step_id, missing=False).raise_for_status()
    assert family.complete(CLOSED).status_code == 200


def test_a_restriction_holds_for_other_teams_until_it_is_lifted(family: Family) -> None:
    person = {"person_ref": family.child, "restricted": True, "allowed_teams": ["team-other"]}
    assert act(family, "restrictions", **person).json() == family.books()["persons"][0]
    assert family.http.get(f"/persons/{family.child}").json()["restricted"] is True
    assert refused(family.complete(CLOSED, TRANSFER)) == (403, "restricted_record")
    act(family, "restrictions", person_ref=family.child, restricted=False).raise_for_status()
    assert family.complete(CLOSED, TRANSFER).status_code == 200


def test_a_childs_record_says_that_nothing_keeps_the_child_open_until_somebody_writes_otherwise(
    family: Family,
) -> None:
    path = f"/persons/{family.child}/record"
    before = family.http.get(path).json()
    assert (before["open_enquiry"], before["open_plan"], before["legal_statuses"]) == (False, "none", [])
    assert before["born_on"] is None, "what is not known is not made up"
    said = {"open_enquiry": True, "proceedings": None, "conference": CONFERENCE}
    after = act(family, "records", person_ref=family.child, **said).json()
    assert after == {**before, **said} == family.http.get(path).json() == family.books()["persons"][0]["record"]


def test_a_record_is_that_of_a_child_in_mosaic(family: Family) -> None:
    assert refused(act(family, "records", person_ref="nobody", open_enquiry=True)) == (404, "not_found")
    assert refused(family.http.get("/persons/nobody/record")) == (404, "not_found")


def test_a_team_that_was_added_can_be_sent_work(family: Family) -> None:
    added = act(family, "teams", ref="team-new", name="Early Help West")
    assert added.status_code == 201
    assert added.json() == family.http.get("/teams/team-new").json() == {"ref": "team-new", "name": "Early Help West"}
    assert family.share(team="team-new").status_code == 201


def test_a_team_that_is_gone_is_unknown_and_what_it_had_stays(family: Family) -> None:
    team = {"ref": f"{family.ref}-team", "name": "Early Help East"}
    act(family, "teams", **team).raise_for_status()
    work = {**TRANSFER, "assigned_to": team["ref"]}
    family.complete(CLOSED, work).raise_for_status()
    family.share(team=team["ref"]).raise_for_status()
    assert family.http.delete(f"/rehearsal/teams/{team['ref']}").status_code == 204
    assert refused(family.http.get(f"/teams/{team['ref']}")) == (404, "not_found")
    assert refused(family.share(team=team["ref"])) == (422, "unknown_team")
    reopened = family.open_by_hand("Child Case Closure", "Started")
    assert refused(family.complete(CLOSED, work, step_id=reopened)) == (422, "unknown_team")
    assert [step["assigned_to"] for step in family.steps(type=str(TRANSFER["type"]))] == [team["ref"]]
    assert [share["team"] for share in family.books()["shares"]] == [team["ref"]]
    act(family, "teams", **team).raise_for_status()
    assert family.share(team=team["ref"]).status_code == 201


def test_a_step_that_somebody_cancelled_cannot_be_completed(family: Family) -> None:
    cancelled = act(family, "step-status", step_id=family.step_id, status="Cancelled").json()
    assert (cancelled["status"], cancelled["version"]) == ("Cancelled", 2)
    assert refused(family.complete(CLOSED, version=2)) == (409, "already_completed")


def test_a_step_that_somebody_reopened_can_be_completed_again(family: Family) -> None:
    family.complete(CLOSED, ref="first").raise_for_status()
    reopened = act(family, "step-status", step_id=family.step_id, status="Reopened").json()
    assert (reopened["status"], reopened["completion"]["reference"]) == ("Reopened", "first")
    again = family.complete(CLOSED, TRANSFER, ref="second", version=3).json()
    assert again["completion"]["reference"] == "second"
    assert again["completion"]["next_actions"] == [CLOSED, TRANSFER]


def test_a_step_that_somebody_set_to_completed_tells_of_a_completion_without_next_actions(family: Family) -> None:
    completion = act(family, "step-status", step_id=family.step_id, status="Completed").json()["completion"]
    assert (completion["reference"], completion["next_actions"]) == (None, [])


def test_a_completion_by_hand_has_no_reference_and_opens_the_next_steps(family: Family) -> None:
    family.http.post("/rehearsal/locks", json={"step_id": family.step_id, "locked": True}).raise_for_status()
    answer = act(family, "completions", step_id=family.step_id, next_actions=[TRANSFER])
    assert answer.json() == family.step()
    assert (answer.json()["status"], answer.json()["version"]) == ("Completed", 2)
    assert answer.json()["completion"]["reference"] is None
    assert answer.json()["completion"]["next_actions"] == [TRANSFER]
    assert [step["type"] for step in family.steps(status="Incoming")] == [TRANSFER["type"]]
    assert refused(family.complete(CLOSED, version=2)) == (409, "already_completed")
    assert [call["outcome"] for call in family.books()["calls"]] == ["refused:already_completed"]


def test_a_completion_by_hand_needs_an_open_step_and_teams_that_are_known(family: Family) -> None:
    nobody = [{**TRANSFER, "assigned_to": "nobody"}]
    assert refused(act(family, "completions", step_id=family.step_id, next_actions=nobody)) == (422, "unknown_team")
    assert family.step()["status"] == "Started"
    act(family, "completions", step_id=family.step_id, next_actions=[]).raise_for_status()
    assert refused(act(family, "completions", step_id=family.step_id, next_actions=[])) == (409, "already_completed")


def test_a_further_version_of_a_document_is_its_latest(family: Family) -> None:
    written = act(family, "documents", ref=family.document, version=3, text="third")
    assert written.status_code == 201
    assert written.json() == {"ref": family.document, "version": 3, "text": "third"}
    document = family.http.get(f"/documents/{family.document}").json()
    assert (document["versions"], document["latest"]) == ([1, 2, 3], 3)
    assert family.share(version=3).status_code == 201


def test_a_version_that_is_written_again_has_its_new_text(family: Family) -> None:
    act(family, "documents", ref=family.document, version=1, text="mended").raise_for_status()
    assert family.http.get(f"/documents/{family.document}/versions/1").json()["text"] == "mended"


def test_a_version_that_is_gone_is_not_found_and_its_shares_stay(family: Family) -> None:
    family.share(version=2).raise_for_status()
    assert family.http.delete(f"/rehearsal/documents/{family.document}/versions/2").status_code == 204
    assert refused(family.http.get(f"/documents/{family.document}/versions/2")) == (404, "not_found")
    assert refused(family.share(version=2)) == (404, "not_found")
    assert family.http.get(f"/documents/{family.document}").json()["latest"] == 1
    assert [share["version"] for share in family.http.get(f"/documents/{family.document}/shares").json()] == [2]


def test_a_document_without_any_version_is_not_found_until_one_is_written(family: Family) -> None:
    for version in (1, 2):
        family.http.delete(f"/rehearsal/documents/{family.document}/versions/{version}").raise_for_status()
    assert refused(family.http.get(f"/documents/{family.document}")) == (404, "not_found")
    assert family.http.get(f"/documents/{family.document}/shares").json() == []
    act(family, "documents", ref=family.document, version=1, text="anew").raise_for_status()
    assert family.http.get(f"/documents/{family.document}").json()["versions"] == [1]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("parts", {"step_id": "none", "missing": True}),
        ("restrictions", {"person_ref": "none", "restricted": True}),
        ("step-status", {"step_id": "none", "status": "Cancelled"}),
        ("step-status", {"step_id": "none", "status": "Completed"}),
        ("completions", {"step_id": "none"}),
        ("documents", {"ref": "none", "version": 1, "text": ""}),
    ],
)
def test_an_act_on_what_is_not_there_is_not_found(family: Family, path: str, body: dict[str, Any]) -> None:
    assert refused(act(family, path, **body)) == (404, "not_found")


def test_what_is_not_there_cannot_be_taken_away(family: Family) -> None:
    for path in ("teams/none", "documents/none/versions/1", f"documents/{family.document}/versions/9"):
        assert refused(family.http.delete(f"/rehearsal/{path}")) == (404, "not_found")


def test_what_people_did_survives_a_kill_and_a_restart(tmp_path: Path) -> None:
    first = start_mosaic(tmp_path)
    assert first.http is not None
    family = Family(first.http)
    act(family, "restrictions", person_ref=family.child, restricted=True).raise_for_status()
    act(family, "parts", step_id=family.step_id, missing=True).raise_for_status()
    act(family, "completions", step_id=family.step_id, next_actions=[CLOSED]).raise_for_status()
    act(family, "documents", ref=family.document, version=3, text="third").raise_for_status()
    first.http.delete("/rehearsal/teams/team-other").raise_for_status()
    before = family.books()
    first.end(signal.SIGKILL)
    second = start_mosaic(tmp_path)
    assert second.http is not None
    family.http = second.http
    assert family.books() == before
    assert second.http.get(f"/documents/{family.document}").json()["latest"] == 3
    assert second.http.get("/teams/team-other").status_code == 404
    assert second.end() == (0, "")
