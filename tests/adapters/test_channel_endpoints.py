"""What apprise really posts to chat services and webhooks, and what their answers come to."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from activities.ports import Channels
from adapters.alert_channels import TAKEN_WITHIN, AppriseChannels, ChannelAddressError, ChannelSettings
from cli.project import ROOT
from models.errors import PassingError
from tests.adapters.endpoint import Answer, Endpoint, endpoint
from workflows.timeouts import CHANNEL

ROOM = "operations-room"
SUBJECT = "Early Help has not answered. (transfer t-1f0c, alert 2)"
TEXT = "Nobody answered t-1f0c.\nDue on 3 March.\nLook: `transfers show t-1f0c`.\nAlert 2 of this transfer."
TEAMS = (
    "https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/"
    "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"
)
NEW_TEAMS = TEAMS.replace("/workflows/", "/powerautomate/automations/direct/workflows/")
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
NO_ADDRESS_OF_A_CHANNEL = {"http", "https", "sqlite", "postgresql+psycopg"}


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Endpoint]:
    """Stands in for every host over https."""
    with endpoint() as one:
        monkeypatch.setenv("HTTPS_PROXY", one.proxy)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", one.trusted_in(tmp_path))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        yield one


def channels(*addresses: str, clock: Any = lambda: 0.0) -> Channels:
    named = {ROOM if place == 0 else f"{ROOM}-{place}": SecretStr(one) for place, one in enumerate(addresses)}
    return AppriseChannels(ChannelSettings(channels=named), clock)


def webhook(there: Endpoint, more: str = "") -> str:
    return f"json://127.0.0.1:{there.port}/hook{more}"


def every_text(said: Any) -> list[str]:
    match said:
        case dict():
            return [text for each in said.values() for text in every_text(each)]
        case list():
            return [text for each in said for text in every_text(each)]
        case _:
            return [str(said)]


@pytest.mark.parametrize(
    "address",
    [TEAMS, NEW_TEAMS, "workflows://teams.example:443/643e69f83c89/KODuebWbDGYFr0z0eu"],
    ids=["as Teams gave it", "as Teams gives it", "in short"],
)
def test_teams_shows_each_line_apart_as_it_was_written_and_loads_no_picture(there: Endpoint, address: str) -> None:
    channels(address).send(ROOM, SUBJECT, TEXT)
    [posted] = there.posted
    assert "/workflows/643e69f83c89" in posted.path
    [card] = posted.body["attachments"]
    [block] = card["content"]["body"]
    assert (block["type"], block["wrap"]) == ("TextBlock", True)
    assert block["text"].split("\n\n") == [f"**{SUBJECT}**", *TEXT.splitlines()]
    assert not [text for text in every_text(card["content"]["body"]) if "http" in text]


def test_slack_gets_plain_text_under_its_title_and_no_picture(there: Endpoint) -> None:
    there.answers = [Answer(body="ok")]
    channels(SLACK).send(ROOM, SUBJECT, TEXT)
    [posted] = there.posted
    assert posted.host == "hooks.slack.com"
    [said] = posted.body["attachments"]
    assert (said["title"], said["text"], posted.body["mrkdwn"]) == (SUBJECT, TEXT, False)
    assert not [text for text in every_text(posted.body) if "://" in text]
    assert said["footer"] == "Early Help transfers"


def test_a_matrix_room_gets_the_text_as_it_was_written(there: Endpoint) -> None:
    there.answers = [Answer(body='{"access_token": "t", "user_id": "@a:h", "home_server": "h", "room_id": "!r:h"}')]
    channels(f"matrix://user:secret@127.0.0.1:{there.port}/!room:h").send(ROOM, SUBJECT, TEXT)
    [said] = [posted.body for posted in there.posted if "m.room.message" in posted.path]
    assert said["body"].endswith(TEXT)
    assert SUBJECT in said["body"]


def test_ntfy_gets_title_and_text_apart(there: Endpoint) -> None:
    channels(f"ntfy://127.0.0.1:{there.port}/topic").send(ROOM, SUBJECT, TEXT)
    [said] = there.bodies
    assert (said["title"], said["message"]) == (SUBJECT, TEXT)
    assert not [text for text in every_text(said) if "http" in text]


@pytest.mark.parametrize("address", ["json", "ntfy", "teams"])
@pytest.mark.parametrize("text", ["", "\n"])
def test_an_alert_that_is_a_title_alone_is_told(there: Endpoint, address: str, text: str) -> None:
    where = {"json": webhook(there), "ntfy": f"ntfy://127.0.0.1:{there.port}/topic", "teams": TEAMS}
    channels(where[address]).send(ROOM, SUBJECT, text)
    [said] = there.bodies
    assert SUBJECT in " ".join(every_text(said))


@pytest.mark.parametrize("more", ["", "?redirect=yes"])
def test_who_is_sent_elsewhere_has_told_nobody(there: Endpoint, more: str) -> None:
    there.answers = [Answer(302, {"Location": f"http://127.0.0.1:{there.port}/sign-in"}), Answer(200)]
    with pytest.raises(PassingError, match="did not take it: operations-room, which answered 302"):
        channels(webhook(there, more)).send(ROOM, SUBJECT, TEXT)
    assert [posted.path for posted in there.posted] == ["/hook"]


@pytest.mark.parametrize("more", ["?optional=yes", "?retry=3&wait=0"])
def test_no_address_makes_a_refusal_count_as_taken_nor_tells_it_anew_by_itself(there: Endpoint, more: str) -> None:
    there.answers = [Answer(500)]
    with pytest.raises(PassingError):
        channels(webhook(there, more)).send(ROOM, SUBJECT, TEXT)
    assert len(there.posted) == 1


def test_an_endpoint_may_take_longer_to_answer_than_six_seconds_and_the_attempt_waits_for_it() -> None:
    assert 6 < ChannelSettings().timeout < TAKEN_WITHIN < CHANNEL.attempt.total_seconds()


@pytest.mark.long
@pytest.mark.parametrize("more", ["", "?rto=2"])
def test_an_endpoint_that_answers_after_six_seconds_is_told_once(there: Endpoint, more: str) -> None:
    late = threading.Event()
    there.answers = [Answer(once_told=late)]
    timer = threading.Timer(6, late.set)
    timer.start()
    channels(webhook(there, more)).send(ROOM, SUBJECT, TEXT)
    assert len(there.posted) == 1
    timer.join()


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1/a json://127.0.0.1/b",
        "json://127.0.0.1/a,json://127.0.0.1/b",
        "ntfys://ntfy.example/one/two",
        "slack://xoxb-1234-1234-abc124/#one/#two",
        "matrixs://user:secret@matrix.example/#one/#two?retry=1",
    ],
)
def test_an_address_of_two_places_is_refused_as_one_that_took_it_would_be_told_again_with_the_other(
    address: str,
) -> None:
    with pytest.raises(ChannelAddressError) as error:
        channels(address)
    assert str(error.value) == (
        "TRANSFERS_ALERT_CHANNELS: operations-room: names more than one place; give each a name of its own"
    )


def test_a_pause_that_a_channel_asks_for_is_kept_for_every_alert_and_for_this_channel_alone(there: Endpoint) -> None:
    there.answers = [Answer(429, {"Retry-After": "300"}), Answer()]
    now = [1000.0]
    both = channels(webhook(there), webhook(there, "2"), clock=lambda: now[0])
    with pytest.raises(PassingError, match="429") as first:
        both.send(ROOM, SUBJECT, TEXT)
    assert first.value.retry_after == timedelta(seconds=300)
    now[0] += 299
    with pytest.raises(PassingError, match="asked for a pause: operations-room") as second:
        both.send(ROOM, "Another alert", TEXT)
    assert second.value.retry_after == timedelta(seconds=1)
    both.send(f"{ROOM}-1", SUBJECT, TEXT)
    assert [posted.path for posted in there.posted] == ["/hook", "/hook2"]
    now[0] += 1
    both.send(ROOM, SUBJECT, TEXT)
    assert [posted.path for posted in there.posted] == ["/hook", "/hook2", "/hook"]


def test_a_channel_that_asks_for_a_day_is_asked_again_after_ten_minutes(there: Endpoint) -> None:
    there.answers = [Answer(503, {"Retry-After": "86400"})]
    with pytest.raises(PassingError) as error:
        channels(webhook(there)).send(ROOM, SUBJECT, TEXT)
    assert error.value.retry_after == timedelta(minutes=10)


def test_every_address_that_a_page_names_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_MODE", "trial")
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docker/**/*.*"), *ROOT.glob("adapters/*.py")]
    said = {one for page in pages for one in re.findall(r"\b[a-z+]+://[^\s\"`|)]*", page.read_text(encoding="utf-8"))}
    addresses = [one for one in said if one.partition("://")[0] not in NO_ADDRESS_OF_A_CHANNEL]
    assert "workflows://HOST:443/WORKFLOW/SIGNATURE" in addresses
    for one in addresses:
        channels(one)
