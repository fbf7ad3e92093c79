"""The rooms of the mailbox: what is said there is kept, shown, and suffers the faults that are planned for rooms."""

import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulators.conftest import Server, start_mailbox

NOTICE = {"version": "1.0", "title": "Overdue", "message": "Line one.\nLine two.", "attachments": [], "type": "info"}


@pytest.fixture
def board(mailbox_server: Server) -> httpx.Client:
    assert mailbox_server.http is not None
    mailbox_server.http.delete("/rehearsal/faults", params={"counts": True}).raise_for_status()
    return mailbox_server.http


def say(board: httpx.Client, room: str, **changes: Any) -> httpx.Response:
    return board.post(f"/rooms/{room}", json={**NOTICE, **changes})


def test_what_is_said_in_a_room_is_listed_there_oldest_first(board: httpx.Client) -> None:
    assert say(board, "north").status_code == 201
    say(board, "north", title="Escalation")
    said = board.get("/rooms/north").json()
    assert [(each["title"], each["message"]) for each in said] == [
        ("Overdue", "Line one.\nLine two."),
        ("Escalation", "Line one.\nLine two."),
    ]
    assert "north" in board.get("/rooms").json()
    assert board.get("/rooms/silent").json() == []


@pytest.mark.parametrize("room", ["North", "-north", "n" * 41, "..", "%2e%2e%2fnorth"])
def test_a_name_that_is_no_rooms_is_refused(board: httpx.Client, room: str) -> None:
    assert say(board, room).is_client_error


def test_what_is_no_notice_is_refused(board: httpx.Client) -> None:
    assert board.post("/rooms/refusing", json={"text": "Overdue"}).status_code == 422
    assert board.get("/rooms/refusing").json() == []


@pytest.mark.parametrize(("when", "copies"), [("before", 0), ("after", 1)])
def test_an_error_strikes_before_or_after_the_storing_and_leaves_mail_alone(
    board: httpx.Client, when: str, copies: int
) -> None:
    fault = {"when": when, "action": "error", "status": 500}
    board.post("/rehearsal/faults/rooms", json=fault).raise_for_status()
    assert say(board, f"error-{when}").status_code == 500
    assert len(board.get(f"/rooms/error-{when}").json()) == copies
    assert say(board, f"error-{when}").status_code == 201


@pytest.mark.parametrize(("when", "copies"), [("before", 0), ("after", 1)])
def test_a_drop_breaks_the_connection_before_or_after_the_storing(board: httpx.Client, when: str, copies: int) -> None:
    board.post("/rehearsal/faults/rooms", json={"when": when, "action": "drop"}).raise_for_status()
    with pytest.raises(httpx.RemoteProtocolError):
        say(board, f"drop-{when}")
    assert len(board.get(f"/rooms/drop-{when}").json()) == copies


def test_a_script_says_what_each_of_the_next_notices_of_one_room_suffers(board: httpx.Client) -> None:
    calls = [{"when": "after", "action": "error"}, None, {"when": "before", "action": "error", "status": 429}]
    body = {"target": "scripted", "calls": calls}
    board.post("/rehearsal/faults/rooms/script", json=body).raise_for_status()
    assert say(board, "beside").status_code == 201
    assert [say(board, "scripted").status_code for _ in range(4)] == [503, 201, 429, 201]
    assert len(board.get("/rooms/scripted").json()) == 3


def test_what_struck_in_rooms_is_counted_beside_mail(board: httpx.Client) -> None:
    fault = {"when": "before", "action": "error", "target": "counted", "skip": 1, "times": 3}
    board.post("/rehearsal/faults/rooms", json=fault).raise_for_status()
    board.post("/rehearsal/faults", json={"when": "before", "action": "drop"}).raise_for_status()
    assert [say(board, "counted").status_code for _ in range(3)] == [201, 503, 503]
    assert board.get("/rehearsal/faults").json() == {
        "planned": 2,
        "struck": [{"operation": "room", "when": "before", "action": "error", "error": "503", "struck": 2}],
    }


def test_a_cleared_fault_does_not_strike(board: httpx.Client) -> None:
    board.post("/rehearsal/faults/rooms", json={"when": "before", "action": "error"}).raise_for_status()
    board.delete("/rehearsal/faults").raise_for_status()
    assert say(board, "cleared").status_code == 201


def test_the_page_shows_rooms_and_escapes_what_is_said(board: httpx.Client) -> None:
    say(board, "shown", title="<script>alert(1)</script>", message="<b>bold</b>")
    page = board.get("/").text
    assert "Room: shown" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "<b>" not in page


def test_what_was_said_is_on_disk_and_survives_a_kill(tmp_path: Path) -> None:
    first = start_mailbox(tmp_path)
    assert first.http is not None
    say(first.http, "kept")
    first.end(signal.SIGKILL)
    second = start_mailbox(tmp_path)
    assert second.http is not None
    say(second.http, "kept", title="Later")
    assert [each["title"] for each in second.http.get("/rooms/kept").json()] == ["Overdue", "Later"]
    assert second.end() == (0, "")
