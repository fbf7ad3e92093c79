import json
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.mosaic.contract_file import CONTRACT
from tests.pace import until
from tests.simulators.conftest import FOR_GOOD, SOON, Server, start_mosaic

CLOSED = {"type": "Case Closed to Children's Services", "assigned_to": None}
TRANSFER = {"type": "Early Help: Transfer from Social Work", "assigned_to": "team-eh"}
ERROR = {"when": "before", "action": "error", "error": "locked"}
FAMILY_NUMBERS = count(1)


class Family:
    """One child's family in Mosaic, and the calls that the tests make about it."""

    def __init__(self, http: httpx.Client, **child: Any) -> None:
        self.http = http
        self.ref = f"F-{next(FAMILY_NUMBERS)}"
        self.child, self.document = f"{self.ref}-child", f"{self.ref}-assessment"
        self.body = {
            "family_ref": self.ref,
            "teams": [{"ref": "team-eh", "name": "Early Help North"}, {"ref": "team-other", "name": "Other"}],
            "children": [{"ref": self.child, "name": "Made Up", **child}],
            "documents": [
                {
                    "ref": self.document,
                    "kind": "assessment",
                    "versions": [{"version": 1, "text": "first"}, {"version": 2, "text": "second"}],
                }
            ],
        }
        self.staged = self.stage()
        self.step_id = self.staged.json()["children"][0]["closing_step_id"]

    def stage(self) -> httpx.Response:
        return self.http.post("/rehearsal/families", json=self.body)

    def complete(
        self, *actions: dict[str, Any], step_id: str = "", version: int = 1, ref: str = "k1"
    ) -> httpx.Response:
        body = {"reference": ref, "version": version, "next_actions": list(actions), "closure_reason": "RC8"}
        return self.http.post(f"/workflow-steps/{step_id or self.step_id}/completion", json=body)

    def share(self, team: str = "team-eh", version: int = 1, reference: str = "s1") -> httpx.Response:
        body = {"version": version, "team": team, "reference": reference}
        return self.http.post(f"/documents/{self.document}/shares", json=body)

    def step(self) -> Any:
        return self.http.get(f"/workflow-steps/{self.step_id}").json()

    def steps(self, **query: str) -> Any:
        return self.http.get(f"/persons/{self.child}/workflow-steps", params=query).json()

    def open_by_hand(self, type_: str, status: str) -> str:
        body = {"person_ref": self.child, "type": type_, "status": status}
        return str(self.http.post("/rehearsal/steps", json=body).json()["id"])

    def plan(self, operation: str, when: str, action: str, **fault: Any) -> None:
        body = {"operation": operation, "when": when, "action": action, **fault}
        self.http.post("/rehearsal/faults", json=body).raise_for_status()

    def script(self, operation: str, *calls: dict[str, Any] | None, target: str | None = None) -> None:
        body = {"operation": operation, "target": target, "calls": calls}
        self.http.post("/rehearsal/faults/script", json=body).raise_for_status()

    def books(self) -> Any:
        return self.http.get("/rehearsal/books", params={"family_ref": self.ref}).json()

    def outcomes(self) -> list[tuple[str, str]]:
        return [(call["reference"], call["outcome"]) for call in self.books()["calls"]]


@pytest.fixture
def http(mosaic_server: Server) -> httpx.Client:
    assert mosaic_server.http is not None
    mosaic_server.http.delete("/rehearsal/faults", params={"counts": True}).raise_for_status()
    return mosaic_server.http


@pytest.fixture
def family(http: httpx.Client) -> Family:
    return Family(http)


def refused(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["type"]


def tally(http: httpx.Client) -> tuple[int, list[tuple[Any, ...]]]:
    body = http.get("/rehearsal/faults").json()
    assert all(list(each) == ["operation", "when", "action", "error", "struck"] for each in body["struck"])
    return body["planned"], [tuple(each.values()) for each in body["struck"]]


def test_a_staged_family_has_a_started_closing_step_and_its_documents(family: Family) -> None:
    assert family.staged.status_code == 201
    assert family.step() == {
        "id": family.step_id,
        "person_ref": family.child,
        "type": "Case Closure from Assessment",
        "status": "Started",
        "version": 1,
        "assigned_to": None,
        "completion": None,
        "created_by_step": None,
    }
    assert family.http.get(f"/documents/{family.document}").json() == {
        "ref": family.document,
        "family_ref": family.ref,
        "kind": "assessment",
        "versions": [1, 2],
        "latest": 2,
    }
    version = family.http.get(f"/documents/{family.document}/versions/2").json()
    assert version == {"ref": family.document, "version": 2, "text": "second"}


def test_staging_a_family_again_leaves_it_as_it_is(family: Family) -> None:
    family.complete(CLOSED).raise_for_status()
    before = family.books()
    again = family.stage()
    assert (again.status_code, again.json()) == (200, family.staged.json())
    assert family.books() == before


def test_a_child_of_another_family_is_not_staged_twice(http: httpx.Client, family: Family) -> None:
    family.body["family_ref"] = f"{family.ref}-other"
    assert refused(family.stage()) == (422, "invalid_request")
    assert http.get("/rehearsal/books", params={"family_ref": f"{family.ref}-other"}).json()["persons"] == []


def test_teams_and_persons_are_read_by_reference(http: httpx.Client, family: Family) -> None:
    assert http.get("/health").json() == {"status": "ok"}
    assert http.get("/teams/team-eh").json() == {"ref": "team-eh", "name": "Early Help North"}
    person = {"ref": family.child, "name": "Made Up", "restricted": False}
    assert http.get(f"/persons/{family.child}").json() == person


@pytest.mark.parametrize(
    "path",
    [
        "/teams/none",
        "/persons/none",
        "/persons/none/workflow-steps",
        "/persons/none/early-help",
        "/workflow-steps/none",
        "/documents/none",
        "/documents/none/versions/1",
        "/documents/none/shares",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_not_found(http: httpx.Client, path: str) -> None:
    assert refused(http.get(path)) == (404, "not_found")


def test_completing_a_step_that_is_not_there_is_refused(family: Family) -> None:
    assert refused(family.complete(CLOSED, step_id="none")) == (404, "not_found")


def test_both_next_actions_of_one_completion_open_two_steps(family: Family) -> None:
    answer = family.complete(CLOSED, TRANSFER, ref="key-1")
    assert answer.status_code == 200
    step = answer.json()
    assert (step["status"], step["version"]) == ("Completed", 2)
    assert step["completion"]["reference"] == "key-1"
    assert step["completion"]["next_actions"] == [CLOSED, TRANSFER]
    assert step == family.step()
    opened = family.steps(status="Incoming")
    assert [(each["type"], each["assigned_to"]) for each in opened] == [
        (CLOSED["type"], None),
        (TRANSFER["type"], "team-eh"),
    ]
    assert {each["created_by_step"] for each in opened} == {family.step_id}


def test_steps_are_listed_by_type_and_status(family: Family) -> None:
    family.complete(CLOSED, TRANSFER).raise_for_status()
    assert len(family.steps()) == 3
    assert [each["assigned_to"] for each in family.steps(type=str(TRANSFER["type"]))] == ["team-eh"]
    assert [each["id"] for each in family.steps(status="Completed")] == [family.step_id]


@pytest.mark.parametrize("reference", ["k1", "k2"])
def test_completed_stays_completed_whatever_the_reference(family: Family, reference: str) -> None:
    family.complete(CLOSED, ref="k1").raise_for_status()
    before = family.steps()
    assert refused(family.complete(CLOSED, TRANSFER, ref=reference)) == (409, "already_completed")
    assert family.steps() == before


def test_a_cancelled_step_cannot_be_completed(family: Family) -> None:
    cancelled = family.open_by_hand("Child Case Closure", "Cancelled")
    assert refused(family.complete(CLOSED, step_id=cancelled)) == (409, "already_completed")


@pytest.mark.parametrize("status", ["Incoming", "Started", "Reopened"])
def test_an_open_step_can_be_completed(family: Family, status: str) -> None:
    step_id = family.open_by_hand("Child Case Closure", status)
    assert family.complete(CLOSED, step_id=step_id).status_code == 200


@pytest.mark.parametrize("closing", ["Case Closure from Assessment", "Child Case Closure"])
def test_a_closing_step_needs_the_case_to_be_closed(family: Family, closing: str) -> None:
    step_id = family.open_by_hand(closing, "Started")
    assert refused(family.complete(TRANSFER, step_id=step_id)) == (422, "mandatory_missing")


@pytest.mark.clause("SD-40")
@pytest.mark.parametrize(
    ("reason", "code"), [(None, "mandatory_missing"), ("RC10", "invalid_request")], ids=["none", "no such reason"]
)
def test_a_closing_step_needs_a_reason_for_closure(family: Family, reason: str | None, code: str) -> None:
    body = {"reference": "k1", "version": 1, "next_actions": [CLOSED], "closure_reason": reason}
    answer = family.http.post(f"/workflow-steps/{family.step_id}/completion", json=body)
    assert refused(answer) == (422, code)


@pytest.mark.clause("SD-40")
def test_the_reason_for_closure_is_kept_with_the_completion(family: Family) -> None:
    assert family.complete(CLOSED).json()["completion"]["closure_reason"] == "RC8"
    assert family.step()["completion"]["closure_reason"] == "RC8"


def test_a_transfer_needs_a_team(family: Family) -> None:
    assert refused(family.complete(CLOSED, {**TRANSFER, "assigned_to": None})) == (422, "mandatory_missing")


def test_a_transfer_to_an_unknown_team_is_refused_and_leaves_nothing_behind(family: Family) -> None:
    assert refused(family.complete(CLOSED, {**TRANSFER, "assigned_to": "nobody"})) == (422, "unknown_team")
    assert family.step()["status"] == "Started"
    assert len(family.steps()) == 1


def test_an_unknown_next_action_is_refused(family: Family) -> None:
    assert refused(family.complete(CLOSED, {"type": "Something Else"})) == (422, "unknown_next_action")


@pytest.mark.parametrize("status", ["Incoming", "Started"])
def test_a_second_open_early_help_transfer_is_refused(family: Family, status: str) -> None:
    family.open_by_hand(str(TRANSFER["type"]), status)
    assert refused(family.complete(CLOSED, TRANSFER)) == (409, "early_help_open")
    assert family.complete(CLOSED).status_code == 200


def test_two_early_help_transfers_in_one_completion_are_refused(family: Family) -> None:
    assert refused(family.complete(CLOSED, TRANSFER, TRANSFER)) == (409, "early_help_open")


def test_an_early_help_transfer_that_has_ended_is_no_hindrance(family: Family) -> None:
    family.open_by_hand(str(TRANSFER["type"]), "Completed")
    assert family.complete(CLOSED, TRANSFER).status_code == 200


def test_a_restricted_record_goes_only_to_the_teams_that_are_allowed(http: httpx.Client) -> None:
    family = Family(http, restricted=True, allowed_teams=["team-eh"])
    elsewhere = {**TRANSFER, "assigned_to": "team-other"}
    assert refused(family.complete(CLOSED, elsewhere)) == (403, "restricted_record")
    assert family.complete(CLOSED, TRANSFER).status_code == 200


def test_a_locked_step_is_refused_until_it_is_unlocked(family: Family) -> None:
    family.http.post("/rehearsal/locks", json={"step_id": family.step_id, "locked": True}).raise_for_status()
    assert refused(family.complete(CLOSED)) == (423, "locked")
    family.http.post("/rehearsal/locks", json={"step_id": family.step_id, "locked": False}).raise_for_status()
    assert family.complete(CLOSED).status_code == 200


def test_a_stale_version_is_refused(family: Family) -> None:
    assert refused(family.complete(CLOSED, version=2)) == (409, "stale_version")


@pytest.mark.parametrize(
    "body",
    [
        {"reference": "", "version": 1, "next_actions": []},
        {"reference": "x" * 201, "version": 1, "next_actions": []},
        {"reference": "k", "version": "Jane Roe", "next_actions": []},
        {"reference": "k", "version": 1, "next_actions": [], "Jane Roe": 1},
        {"reference": "k", "version": 2**70, "next_actions": []},
    ],
)
def test_a_request_outside_the_contract_is_refused_without_an_echo(family: Family, body: dict[str, Any]) -> None:
    answer = family.http.post(f"/workflow-steps/{family.step_id}/completion", json=body)
    assert refused(answer) == (422, "invalid_request")
    assert "Jane Roe" not in answer.text


def test_a_share_sent_twice_is_recorded_twice(family: Family) -> None:
    assert family.share().status_code == 201
    assert family.share().status_code == 201
    shares = family.http.get(f"/documents/{family.document}/shares").json()
    assert [(each["version"], each["team"], each["reference"]) for each in shares] == [(1, "team-eh", "s1")] * 2


def test_a_share_with_an_unknown_team_or_version_is_refused(family: Family) -> None:
    assert refused(family.share(team="nobody")) == (422, "unknown_team")
    assert refused(family.share(version=9)) == (404, "not_found")
    assert family.books()["shares"] == []


def test_every_write_call_is_in_the_books_with_its_outcome(family: Family) -> None:
    family.complete(CLOSED, version=7, ref="a")
    family.complete(CLOSED, ref="b")
    family.share(reference="c")
    calls = family.books()["calls"]
    assert [(call["operation"], call["target"], call["reference"], call["outcome"]) for call in calls] == [
        ("complete_step", family.step_id, "a", "refused:stale_version"),
        ("complete_step", family.step_id, "b", "committed"),
        ("share_document", family.document, "c", "committed"),
    ]


def test_the_books_of_one_family_leave_the_others_out(family: Family) -> None:
    other = Family(family.http)
    other.share()
    books = family.books()
    assert [person["ref"] for person in books["persons"]] == [family.child]
    assert [step["id"] for step in books["steps"]] == [family.step_id]
    assert books["shares"] == books["calls"] == []
    assert len(family.http.get("/rehearsal/books").json()["persons"]) >= 2


def test_an_error_before_the_commit_leaves_the_step_open(family: Family) -> None:
    family.plan("complete_step", "before", "error", error="unavailable")
    assert refused(family.complete(CLOSED)) == (503, "unavailable")
    assert family.step()["status"] == "Started"
    assert family.outcomes() == [("k1", "refused:unavailable")]


def test_an_error_after_the_commit_hides_a_completed_step(family: Family) -> None:
    family.plan("complete_step", "after", "error", error="rate_limited")
    assert refused(family.complete(CLOSED)) == (429, "rate_limited")
    assert family.step()["status"] == "Completed"
    assert family.outcomes() == [("k1", "committed")]


def test_an_answer_dropped_after_the_commit_is_a_connection_error(family: Family) -> None:
    family.plan("complete_step", "after", "drop")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        family.complete(CLOSED, TRANSFER)
    assert family.step()["status"] == "Completed"
    assert family.outcomes() == [("k1", "committed")]


def test_an_answer_dropped_before_the_commit_leaves_the_call_as_received(family: Family) -> None:
    family.plan("share_document", "before", "drop")
    with pytest.raises(httpx.TransportError):
        family.share()
    assert family.books()["shares"] == []
    assert family.outcomes() == [("s1", "received")]


def test_a_hung_answer_holds_up_nobody_else_and_is_committed_already(family: Family) -> None:
    family.plan("complete_step", "after", "hang", seconds=FOR_GOOD)
    body = {"reference": "k1", "version": 1, "next_actions": [CLOSED], "closure_reason": "RC8"}
    with pytest.raises(httpx.ReadTimeout):
        family.http.post(f"/workflow-steps/{family.step_id}/completion", json=body, timeout=SOON)
    until(lambda: family.step()["status"] == "Completed")


def test_a_hang_before_the_commit_shows_the_call_while_it_waits(family: Family) -> None:
    family.plan("share_document", "before", "hang", seconds=FOR_GOOD)
    with pytest.raises(httpx.ReadTimeout):
        family.http.post(
            f"/documents/{family.document}/shares",
            json={"version": 1, "team": "team-eh", "reference": "s1"},
            timeout=SOON,
        )
    assert until(family.outcomes) == [("s1", "received")]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_strikes_reads_as_often_as_it_says(family: Family, when: str) -> None:
    family.plan("read", when, "error", error="rate_limited", times=2)
    answers = [family.http.get("/teams/team-eh").status_code for _ in range(3)]
    assert answers == [429, 429, 200]


def test_faults_of_one_operation_leave_the_others_alone_and_can_be_cleared(family: Family) -> None:
    family.plan("complete_step", "before", "error", error="locked")
    assert family.share().status_code == 201
    assert family.http.delete("/rehearsal/faults").status_code == 204
    assert family.complete(CLOSED).status_code == 200


def test_an_error_fault_names_its_error(http: httpx.Client) -> None:
    body = {"operation": "read", "when": "before", "action": "error"}
    assert refused(http.post("/rehearsal/faults", json=body)) == (422, "invalid_request")


def test_a_call_that_was_struck_before_is_not_struck_again_after(family: Family) -> None:
    family.plan("complete_step", "before", "error", error="locked")
    family.plan("complete_step", "after", "error", error="unavailable")
    assert refused(family.complete(CLOSED)) == (423, "locked")
    assert refused(family.complete(CLOSED)) == (503, "unavailable")
    assert family.step()["status"] == "Completed"


def test_an_answer_is_lost_after_a_refusal_too_and_the_books_tell_why_it_was_refused(family: Family) -> None:
    family.plan("complete_step", "after", "drop")
    with pytest.raises(httpx.RemoteProtocolError):
        family.complete(CLOSED, version=7)
    assert family.outcomes() == [("k1", "refused:stale_version")]
    assert tally(family.http) == (0, [("complete_step", "after", "drop", None, 1)])


def test_a_script_says_what_each_of_the_next_calls_suffers(family: Family) -> None:
    family.script("share_document", None, ERROR, {"when": "after", "action": "drop"}, target=family.document)
    other = Family(family.http)
    assert family.share(reference="a").status_code == 201
    assert other.share().status_code == 201
    assert refused(family.share(reference="b")) == (423, "locked")
    with pytest.raises(httpx.RemoteProtocolError):
        family.share(reference="c")
    assert family.share(reference="d").status_code == 201
    assert [share["reference"] for share in family.books()["shares"]] == ["a", "c", "d"]


def test_a_script_that_says_nothing_or_more_than_it_may_is_refused(http: httpx.Client) -> None:
    for calls in ([], [{**ERROR, "times": 2}], [{"when": "before", "action": "error"}]):
        answer = http.post("/rehearsal/faults/script", json={"operation": "read", "calls": calls})
        assert refused(answer) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/persons/{family.child}", "child"),
        ("/persons/{family.child}/workflow-steps", "child"),
        ("/workflow-steps/{family.step_id}", "step_id"),
        ("/documents/{family.document}", "document"),
        ("/documents/{family.document}/versions/1", "document"),
        ("/documents/{family.document}/shares", "document"),
    ],
)
def test_a_fault_about_one_record_strikes_only_the_reads_about_it(family: Family, path: str, target: str) -> None:
    other = Family(family.http)
    family.plan("read", "before", "error", error="unavailable", target=getattr(family, target))
    assert other.http.get(path.format(family=other)).status_code == 200
    assert family.http.get(path.format(family=family)).status_code == 503
    assert family.http.get(path.format(family=family)).status_code == 200


def test_a_fault_about_one_step_strikes_only_its_completion(family: Family) -> None:
    other = Family(family.http)
    family.plan("complete_step", "before", "error", error="locked", target=family.step_id)
    assert other.complete(CLOSED).status_code == 200
    assert refused(family.complete(CLOSED)) == (423, "locked")


def test_a_call_that_came_too_often_is_told_when_to_come_again(family: Family) -> None:
    family.plan("complete_step", "before", "error", error="rate_limited", retry_after=7)
    family.plan("read", "before", "error", error="rate_limited")
    assert family.complete(CLOSED).headers["retry-after"] == "7"
    assert family.http.get("/teams/team-eh").headers["retry-after"] == "1"
    assert "retry-after" not in family.complete(CLOSED, version=9).headers


def test_the_contract_says_when_to_come_again(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    limited = [
        each["responses"]["429"] for path in paths.values() for each in path.values() if "429" in each["responses"]
    ]
    assert len(limited) == 13
    assert all(response["headers"]["Retry-After"]["schema"]["type"] == "integer" for response in limited)


def test_counts_outlive_the_plans_until_they_are_forgotten_too(family: Family) -> None:
    family.plan("read", "before", "error", error="locked", times=5)
    family.step()
    assert tally(family.http) == (1, [("read", "before", "error", "locked", 1)])
    family.http.delete("/rehearsal/faults").raise_for_status()
    assert tally(family.http) == (0, [("read", "before", "error", "locked", 1)])
    family.http.delete("/rehearsal/faults", params={"counts": True}).raise_for_status()
    assert tally(family.http) == (0, [])


def test_counts_are_what_many_callers_at_once_met(family: Family) -> None:
    family.plan("share_document", "before", "error", error="unavailable", rate=0.3, seed=7, times=1000)
    family.plan("share_document", "after", "error", error="locked", rate=0.3, seed=8, times=1000)
    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(lambda _: family.share().status_code, range(120)))
    _, struck = tally(family.http)
    assert {error: times for *_, error, times in struck} == {"unavailable": answers[503], "locked": answers[423]}
    assert len(family.books()["shares"]) == answers[201] + answers[423]
    assert min(answers.values()) > 5


def test_one_step_completed_by_many_at_once_is_completed_once(family: Family) -> None:
    answers: list[int] = []
    callers = [
        threading.Thread(target=lambda: answers.append(family.complete(CLOSED, TRANSFER).status_code)) for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(answers) == [200] + [409] * 7
    assert len(family.steps()) == 3


def test_the_contract_file_is_what_the_server_serves(http: httpx.Client) -> None:
    served = http.get("/openapi.json").json()
    text = CONTRACT.read_text(encoding="utf-8")
    assert text == json.dumps(served, indent=2, sort_keys=True) + "\n"
    assert not [path for path in served["paths"] if path.startswith("/rehearsal")]


def test_the_books_survive_a_kill_and_a_restart(tmp_path: Path) -> None:
    first = start_mosaic(tmp_path)
    assert first.http is not None
    family = Family(first.http)
    family.complete(CLOSED, TRANSFER).raise_for_status()
    family.share().raise_for_status()
    before = family.books()
    first.end(signal.SIGKILL)
    second = start_mosaic(tmp_path)
    assert second.http is not None
    family.http = second.http
    assert family.books() == before
    assert second.end() == (0, "")


def test_a_taken_port_is_one_line_and_exit_code_1(mosaic_server: Server, tmp_path: Path) -> None:
    port = mosaic_server.ports[0]
    code, said = start_mosaic(tmp_path, port=port).end()
    assert (code, said) == (1, f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_hung_answer_does_not_hold_up_a_clean_stop(tmp_path: Path, number: signal.Signals) -> None:
    server = start_mosaic(tmp_path)
    assert server.http is not None
    Family(server.http).plan("read", "before", "hang", seconds=FOR_GOOD)
    with pytest.raises(httpx.ReadTimeout):
        server.http.get("/teams/team-eh", timeout=SOON)
    assert server.end(number) == (0, "")


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 400), ("evil.example:8025", 400), ("", 400), ("LOCALHOST:1", 200), ("[::1]:8025", 200)],
)
def test_it_answers_to_the_names_of_this_machine_alone(mosaic_server: Server, host: str, status: int) -> None:
    assert mosaic_server.http is not None
    assert mosaic_server.http.get("/health", headers={"host": host}).status_code == status
