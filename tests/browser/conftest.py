"""What every test in a browser needs: a rehearsal of its own, and Chromium."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.pace import patient
from tests.system.conftest import Rehearsal, start_rehearsal

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
SEEN_WITHIN = patient(20_000)


@asynccontextmanager
async def chromium(width: int, height: int) -> AsyncIterator[BrowserContext]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: install Chromium, or set CHROMIUM to where it is")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        size = {"width": width, "height": height}
        yield await browser.new_context(viewport=size, locale="en-GB", timezone_id="Europe/London")
        await browser.close()


@pytest.fixture(scope="module")
def own_rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = start_rehearsal(tmp_path_factory.mktemp("browser"))
    yield rehearsal
    rehearsal.stack.stop()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with chromium(1500, 1300) as context:
        yield await context.new_page()
