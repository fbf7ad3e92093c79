"""A gateway for each test, in front of one Temporal server for all of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from adapters.register.store import RegisterSettings, migrate
from tests.gateway.house import SOON, GatewayHouse, Http
from tests.gateway.wire import wire_to
from tests.workflows.conftest import connected, started


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with await started() as server:
        yield server


@pytest.fixture(scope="session")
async def temporal_client(temporal: WorkflowEnvironment) -> Client:
    return await connected(temporal)


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; each test has a copy."""
    file = tmp_path_factory.mktemp("register") / "register.db"
    migrate(RegisterSettings(url=f"sqlite:///{file}"))
    return file


@pytest.fixture
async def idle_house(
    temporal_client: Client, empty_register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[GatewayHouse]:
    """Its worker runs only while a test says so."""
    async with house_on(temporal_client, empty_register, tmp_path) as house:
        monkeypatch.setenv("TRANSFERS_TASK_QUEUE", house.queue)
        yield house


@asynccontextmanager
async def house_on(client: Client, empty_register: Path, folder: Path) -> AsyncIterator[GatewayHouse]:
    """In front of this server."""
    async with wire_to(client.service_client.config.target_host) as wire:
        house = GatewayHouse(client, wire, empty_register, folder)
        yield house
        house.close()


@pytest.fixture
async def house(idle_house: GatewayHouse) -> AsyncIterator[GatewayHouse]:
    async with idle_house.working():
        yield idle_house


@pytest.fixture
async def hasty(idle_house: GatewayHouse) -> AsyncIterator[Http]:
    """The same over a gateway that says soon that something is not known, whether a worker runs or not."""
    async with idle_house.http(await idle_house.app(answered_within=SOON)) as http:
        yield http


@pytest.fixture
async def http(house: GatewayHouse) -> AsyncIterator[Http]:
    """The social worker of a usual transfer asks, over a gateway whose worker runs."""
    async with house.http(await house.app()) as http:
        yield http
