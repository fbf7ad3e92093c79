"""The Temporal UI as operations staff see it, in Chromium."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from cli.services import read_services
from cli.wiring import temporal
from tests.browser.conftest import SEEN_WITHIN
from tests.pace import until
from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal
from tests.system.family import Family

pytestmark = pytest.mark.browser


async def test_operations_read_stage_waiting_for_and_timeline_in_plain_words_and_nothing_without_the_codec_server(
    own_rehearsal: Rehearsal, page: Page, monkeypatch: pytest.MonkeyPatch
):
    for name, value in own_rehearsal.local.environment().items():
        monkeypatch.setenv(name, value)
    family = await Family.begin(await temporal(), own_rehearsal.local, MAIN_CASE)
    await family.record_up_to("record_family_sharing")
    await family.until(lambda now: any("by e-mail" in entry.what for entry in now.timeline))

    def is_shown() -> bool:
        shown = own_rehearsal.register.status(family.case.start.id)
        return shown is not None and shown.stage == "conversation" and shown.response_due is not None

    # The list that is opened is not read again by itself.
    await asyncio.to_thread(until, is_shown)
    workflows = f"{own_rehearsal.local.ui_url}/namespaces/default/workflows"

    await page.goto(f'{workflows}?query=TransferStage="conversation" AND WaitingFor="early_help_contact"')
    await page.get_by_text(f"step-down/{family.case.start.id}").click(timeout=SEEN_WITHIN)
    for words in (
        "Keep the family's answer",
        "Share a document with the service in Mosaic",
        "response of the contact due ",
    ):
        await expect(page.get_by_text(words).first).to_be_visible(timeout=SEEN_WITHIN)
    await page.goto(page.url.replace("/timeline", "/user-metadata"))
    # The UI shows Markdown in frames of its own: the summary first, then the current details.
    summary, now = page.frame_locator("iframe").first, page.frame_locator("iframe").last
    await expect(now.get_by_text("Conversation with the Early Help contact").first).to_be_visible(timeout=SEEN_WITHIN)
    await expect(now.get_by_text("Hold the conversation with the social worker").first).to_be_visible()
    await expect(now.get_by_text("Response of the contact due ").first).to_be_visible()
    await expect(summary.get_by_text("Step-down to east-hub").first).to_be_visible()

    codec = own_rehearsal.stack.running["codec"]
    codec.terminate()
    codec.wait()
    try:
        await page.reload()
        await expect(page.get_by_text("User Metadata").first).to_be_visible(timeout=SEEN_WITHIN)
        await expect(now.get_by_text("No Current Details")).to_be_visible(timeout=SEEN_WITHIN)
        shown = "".join([await frame.content() for frame in page.frames])
        assert "User Metadata" in shown
        assert "Hold the conversation" not in shown
        assert "Step-down to east-hub" not in shown
    finally:
        await asyncio.to_thread(own_rehearsal.stack.start_again, "codec")


async def test_what_looks_like_a_mark_is_shown_as_it_is_and_nothing_is_fetched_from_elsewhere(
    own_rehearsal: Rehearsal, page: Page, monkeypatch: pytest.MonkeyPatch
):
    for name, value in own_rehearsal.local.environment().items():
        monkeypatch.setenv(name, value)
    hub = next(service for service in read_services(EXAMPLES / "services.csv") if service.ref == "east-hub")
    name = "Hub <north> ![seen](http://elsewhere.example/seen.png) **loud**"
    own_rehearsal.register.put_services([hub.model_copy(update={"name": name})])
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    try:
        family = await Family.begin(await temporal(), own_rehearsal.local, MAIN_CASE)
        await family.until(lambda now: now.service_name == name)
        where = f"{own_rehearsal.local.ui_url}/namespaces/default/workflows/step-down%2F{family.case.start.id}"
        await page.goto(where)
        await page.get_by_text("Timeline").first.wait_for(timeout=SEEN_WITHIN)
        await page.goto(page.url.replace("/timeline", "/user-metadata"))
        now = page.frame_locator("iframe").last
        await expect(now.get_by_text(name).first).to_be_visible(timeout=SEEN_WITHIN)
        await expect(now.locator("img")).to_have_count(0)
        for child in family.case.start.children:
            await expect(now.locator("li", has=now.get_by_text(child.ref, exact=True))).to_have_count(1)
    finally:
        own_rehearsal.register.put_services([hub])
    assert any("/render?" in url for url in fetched)
    assert not any("elsewhere" in url.partition("/render?")[0] for url in fetched)
