"""The figures of a worker are read beside its work, and cost the database little."""

import pytest
from sqlalchemy import QueuePool

from adapters.keyring import Keyring
from adapters.register.reports import SqlReports
from worker.wiring import FOR_FIGURES, figures


def test_figures_have_connections_of_their_own_and_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_REGISTER_URL", "postgresql+psycopg://transfers@127.0.0.1/transfers")
    reports = getattr(figures(Keyring(current="a", keys={"a": bytes(32)})), "__self__", None)
    assert isinstance(reports, SqlReports)
    pool = reports.store.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.size() == FOR_FIGURES
