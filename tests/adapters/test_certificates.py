"""Until when the certificate holds by which Temporal knows us."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from adapters.certificates import client_certificate_until
from adapters.temporal_client import namespace, speaks_in_clear


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


@pytest.mark.parametrize("asks", [client_certificate_until, namespace, speaks_in_clear])
def test_a_file_that_is_not_there_is_named_with_its_setting(
    asks: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(tmp_path / "gone"))
    with pytest.raises(ValueError, match=r"^TEMPORAL_TLS_CLIENT_KEY_PATH: the file cannot be read: No such file"):
        asks()


def test_what_is_no_certificate_is_named_with_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CERT", "KEY"):
        (tmp_path / name).write_text("nothing of that kind")
        monkeypatch.setenv(f"TEMPORAL_TLS_CLIENT_{name}_PATH", str(tmp_path / name))
    with pytest.raises(ValueError, match=r"^TEMPORAL_TLS_CLIENT_CERT_PATH: names no certificate in PEM$"):
        client_certificate_until()
