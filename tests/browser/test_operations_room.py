"""The operations room: a view lists the right transfers, and nobody reads what the codec server refuses."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.async_api import Page, expect

from cli.rehearsal.case_file import read_file
from cli.rehearsal.demo import play
from cli.step_file import new_transfer_id, now
from cli.wiring import temporal
from tests.browser.conftest import SEEN_WITHIN
from tests.browser.pictures import broken_copy
from tests.pace import eventually
from tests.system.conftest import EXAMPLES, Rehearsal

pytestmark = pytest.mark.browser

OF_A_PERSON = ("Early Help Hub", "overdue", "The mother", "child-1", "sw-17")
"""Something of what a history says; none of it may be read without the codec server."""


@dataclass(frozen=True)
class Room:
    """A rehearsal in which every situation was played."""

    rehearsal: Rehearsal
    links: dict[str, str]
    transfers: dict[str, str]
    """The id of each situation's transfer."""

    def shown_by(self, *situations: str) -> set[str]:
        return {f"step-down/{self.transfers[name]}" for name in situations}


@pytest.fixture(scope="module")
async def room(own_rehearsal: Rehearsal) -> AsyncIterator[Room]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in own_rehearsal.local.environment().items():
            patched.setenv(name, value)
        client = await temporal()
        transfers = {}
        for path in sorted((EXAMPLES / "situations").glob("*.yaml")):
            file = read_file(path, new_transfer_id(), now())
            played = await play(client, own_rehearsal.local, file, lambda words: None)
            assert not played.differences
            transfers[path.stem] = file.id
        printed = await asyncio.to_thread(own_rehearsal.command, "views", "--json")
        links = {view["name"]: view["link"] for view in json.loads(printed.stdout)}
        yield Room(own_rehearsal, links, transfers)


async def listed(page: Page, link: str, count: int) -> set[str]:
    """The transfers that the page of a view lists; one on which the UI shows nothing but an error is opened again."""
    rows = page.get_by_role("link").filter(has_text="step-down/")

    async def seen() -> set[str]:
        await page.goto(link)
        with suppress(AssertionError):
            await expect(rows).to_have_count(count, timeout=SEEN_WITHIN / 4)
            return set(await rows.all_inner_texts())
        return set()

    return await eventually(seen)


WAITING = {
    "Open": ("breached", "declined", "harm", "letter", "message", "restricted", "stuck", "withdrawn"),
    "Overdue": ("breached",),
    "Needs attention": ("declined", "harm", "letter", "message", "stuck"),
    "Waits for operations": ("letter", "message", "stuck"),
    "Waits for team manager": ("declined",),
    "Waits for Early Help contact": ("breached", "restricted"),
    "Waits for social worker": ("harm", "message", "withdrawn"),
}


@pytest.mark.parametrize("name", WAITING)
async def test_the_link_of_a_view_lists_the_transfers_that_it_is_about_and_no_others(room: Room, page: Page, name: str):
    assert await listed(page, room.links[name], len(WAITING[name])) == room.shown_by(*WAITING[name])


async def test_a_misspelt_view_would_be_seen(room: Room, page: Page):
    await page.goto(room.links["Overdue"].replace("ResponseState", "ResponseStat"))
    await expect(page.get_by_text("ResponseStat").last).to_be_visible(timeout=SEEN_WITHIN)
    await expect(page.get_by_text("invalid").first).to_be_visible(timeout=SEEN_WITHIN)


REFUSED_BEYOND = 8000
"""Bytes of an address, beyond which proxies refuse it."""
ON_LINES_OF_THEIR_OWN = """
codes => codes.filter(code => code.closest("li")).every(
    code => code.getBoundingClientRect().left - code.closest("li").getBoundingClientRect().left < 40
)
"""
WIDER_THAN_SHOWN = "page => page.scrollWidth > page.clientWidth"


@pytest.mark.parametrize("name", WAITING["Open"])
async def test_where_a_transfer_stands_is_shown_whole_line_by_line(room: Room, page: Page, name: str):
    await page.goto(f"{room.rehearsal.local.ui_url}/namespaces/default/workflows")
    await page.get_by_text(f"step-down/{room.transfers[name]}").click(timeout=SEEN_WITHIN)
    await page.get_by_text("User Metadata").first.click(timeout=SEEN_WITHIN)
    shown = page.frame_locator("iframe").last
    if name != "restricted":
        await expect(shown.get_by_text(re.compile("child-1: consent: "))).to_be_visible(timeout=SEEN_WITHIN)
    await expect(shown.get_by_text("Waits for").first).to_be_visible(timeout=SEEN_WITHIN)
    assert len(page.frames[-1].url) < REFUSED_BEYOND, "the UI asks its server for the whole text"
    assert await shown.locator("code").evaluate_all(ON_LINES_OF_THEIR_OWN)
    assert not await shown.locator("html").evaluate(WIDER_THAN_SHOWN)


def test_the_code_with_a_mistake_of_which_the_pictures_tell_can_still_be_made(tmp_path: Path):
    broken_copy(tmp_path)


async def test_an_overdue_transfer_is_found_and_read_in_plain_words_and_not_at_all_where_the_codec_server_refuses(
    room: Room, page: Page
):
    await page.goto(room.links["Overdue"])
    await page.get_by_text(f"step-down/{room.transfers['breached']}").click(timeout=SEEN_WITHIN)
    await page.get_by_text("User Metadata").first.click(timeout=SEEN_WITHIN)
    now_shown = page.frame_locator("iframe").last
    await expect(now_shown.get_by_text("Conversation with the Early Help contact").first).to_be_visible(
        timeout=SEEN_WITHIN
    )
    await expect(now_shown.get_by_text("Answer the request: offer a date").first).to_be_visible()
    await expect(now_shown.get_by_text(": overdue").first).to_be_visible()
    await expect(now_shown.get_by_text("Escalation").first).to_be_visible()

    asked = []

    async def refuse(route):
        asked.append(route.request.url)
        await route.fulfill(status=403, body="You may not read this.")

    codec = f"http://127.0.0.1:{room.rehearsal.local.codec_port}"
    await page.route(f"{codec}/**", refuse)
    for tab in ("user-metadata", "timeline", "history"):
        await page.goto(page.url.rpartition("/")[0] + f"/{tab}")
        await expect(page.get_by_text("User Metadata").first).to_be_visible(timeout=SEEN_WITHIN)
        await page.wait_for_timeout(2000)
        shown = "".join([await frame.content() for frame in page.frames])
        assert f"step-down/{room.transfers['breached']}" in shown
        assert [words for words in OF_A_PERSON if words in unquote(shown)] == []
    assert asked
