"""Everything here needs a container engine; where there is none, that is said, and where there has to be, it fails."""

import os
import uuid
from collections.abc import Iterator

import pytest

from tests.containers.engine import build, docker, no_engine
from tests.containers.trial import Trial, trial_of

REQUIRED = "TRANSFERS_TEST_CONTAINERS"
"""``required``: that no engine answers is a failure, and no reason to skip."""
RUN = f"eht-{uuid.uuid4().hex[:8]}"
"""What everything of this run is called by."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "_engine" in getattr(item, "fixturenames", ()):
            item.add_marker("container")
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def _engine() -> None:
    why = no_engine()
    if why is None:
        return
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{why}, and {REQUIRED}=required says that one has to")
    pytest.skip(f"{why}; `make test-containers` runs this where one does, and .ci/run starts one where it can")


@pytest.fixture(scope="session")
def image(_engine: None) -> str:
    """The image of what lies here; it is kept, so that the next run builds only what changed."""
    return build("early-help-transfers:tested")


@pytest.fixture(scope="session")
def trial(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One trial for all tests, each with families of its own."""
    with trial_of(image, RUN, tmp_path_factory.mktemp("trial")) as running:
        yield running


@pytest.fixture
def run_once(image: str) -> Iterator[list[str]]:
    """Names of containers that a test starts, which are gone afterwards."""
    names: list[str] = []
    yield names
    for name in names:
        docker("rm", "--force", "--volumes", name)
