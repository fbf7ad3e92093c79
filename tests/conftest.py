"""The limit of every test grows with the time that this machine takes."""

from collections.abc import Sequence

import pytest

from tests.pace import patient, slowness


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest-timeout reads it; the processes of pytest-xdist are given what the first one worked out."""
    if config.option.timeout is None:
        config.option.timeout = patient(float(config.getini("timeout")))


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if (own := item.get_closest_marker("timeout")) is not None:
            item.add_marker(pytest.mark.timeout(patient(own.args[0])), append=False)


def pytest_report_header() -> str:
    return f"limits: {slowness():.1f} times those of a machine that is quick and at rest"
