"""Alert channels against a real noticeboard: what they say of it, and what they never show."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.alert_channels import AppriseChannels, ChannelAddressError, ChannelSettings
from models.errors import LastingError, PassingError
from tests.adapters.conftest import http_of
from tests.ports import free_port
from tests.simulators.conftest import Server

ROOM = "operations-room"
SECRET = "token-Quill-77"


@pytest.fixture
def board(mailbox_server: Server) -> Any:
    return http_of(mailbox_server)


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """Everything that any library logs, at any level."""
    said, root = io.StringIO(), logging.getLogger()
    before, handler = root.level, logging.StreamHandler(said)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield said.getvalue
    root.removeHandler(handler)
    root.setLevel(before)


def channels(**addresses: str) -> AppriseChannels:
    named = {name.replace("_", "-"): SecretStr(address) for name, address in addresses.items()}
    return AppriseChannels(ChannelSettings(channels=named))


def room_of(server: Server, room: str) -> str:
    return f"json://127.0.0.1:{server.ports[0]}/rooms/{room}"


def test_what_is_sent_stands_on_the_noticeboard_as_it_was_written(mailbox_server: Server, board: Any):
    text = "Line one.\nLine <two> & *three* — £4, 100 %."
    evidence = channels(operations_room=room_of(mailbox_server, "taken")).send(ROOM, "Overdue: <b>an answer</b>", text)
    assert evidence == "taken by the channel operations-room"
    [said] = board.get("/rooms/taken").json()
    assert (said["title"], said["message"]) == ("Overdue: <b>an answer</b>", text)


def test_a_channel_that_refuses_may_take_it_later(mailbox_server: Server, board: Any):
    sent = channels(operations_room=room_of(mailbox_server, "refused"))
    board.post("/rehearsal/faults/rooms", json={"when": "before", "action": "error", "status": 500}).raise_for_status()
    with pytest.raises(PassingError, match="the channel did not take it: operations-room"):
        sent.send(ROOM, "Overdue", "Text")
    assert board.get("/rooms/refused").json() == []
    sent.send(ROOM, "Overdue", "Text")
    assert len(board.get("/rooms/refused").json()) == 1


def test_a_channel_that_hangs_up_after_it_took_it_may_have_taken_it(mailbox_server: Server, board: Any):
    board.post("/rehearsal/faults/rooms", json={"when": "after", "action": "drop"}).raise_for_status()
    with pytest.raises(PassingError):
        channels(operations_room=room_of(mailbox_server, "dropped")).send(ROOM, "Overdue", "Text")
    assert len(board.get("/rooms/dropped").json()) == 1


def test_a_channel_at_which_nobody_listens_may_take_it_later():
    with pytest.raises(PassingError):
        channels(operations_room=f"json://127.0.0.1:{free_port()}/rooms/nobody").send(ROOM, "Overdue", "Text")


def test_a_channel_that_nobody_set_up_waits_for_a_person():
    with pytest.raises(LastingError, match="no channel of this name: team-room") as error:
        channels().send("team-room", "Overdue", "Text")
    assert error.value.problem == "unknown_channel"


@pytest.mark.parametrize("address", [f"nothing://{SECRET}", SECRET, "", f"json://127.0.0.1 bogus://{SECRET}"])
def test_an_address_that_is_none_is_refused_at_once_and_never_shown(address: str, logged: Callable[[], str]):
    with pytest.raises(ChannelAddressError) as error:
        channels(operations_room=address)
    assert str(error.value) == "TRANSFERS_ALERT_CHANNELS: operations-room: is no address that apprise understands"
    assert SECRET not in logged()


@pytest.mark.parametrize("status", [None, 500])
def test_no_log_shows_the_address_of_a_channel(
    mailbox_server: Server, board: Any, logged: Callable[[], str], status: int | None
):
    address = f"json://user:{SECRET}@127.0.0.1:{mailbox_server.ports[0]}/rooms/logged?-key={SECRET}"
    sent = channels(operations_room=address)
    if status is None:
        sent.send(ROOM, "Overdue", "Text")
    else:
        board.post("/rehearsal/faults/rooms", json={"when": "before", "action": "error", "status": status})
        with pytest.raises(PassingError):
            sent.send(ROOM, "Overdue", "Text")
    assert SECRET not in logged()
    assert SECRET not in repr(sent.settings)
    assert SECRET not in repr(sent)
