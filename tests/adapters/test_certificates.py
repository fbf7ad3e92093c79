"""Until when the certificate holds by which Temporal knows us."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from adapters.certificates import client_certificate_until


def test_without_a_certificate_of_our_own_none_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_TLS", "true")
    assert client_certificate_until() is None


def test_of_a_chain_the_certificate_that_ends_first_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    early, late = datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)
    authority, chain = trustme.CA(), tmp_path / "worker.pem"
    for ends in (late, early):
        issued = authority.issue_cert("worker.example", not_after=ends)
        issued.cert_chain_pems[0].write_to_path(chain, append=True)
        issued.private_key_pem.write_to_path(tmp_path / "worker.key")
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", str(chain))
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(tmp_path / "worker.key"))
    assert client_certificate_until() == early
