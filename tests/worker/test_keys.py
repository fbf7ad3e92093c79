"""What a worker notes of its keys as it starts, and with which it does not start."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.keyring import Keyring
from adapters.register.keys import SqlKeys
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from models.operations.keys import KeysOfWorker, What
from worker.process import refuse_keys_that_others_have
from worker.wiring import note_keys


def ring(*ids: str) -> Keyring:
    return Keyring(current=ids[0], keys=dict.fromkeys(ids, bytes(32)))


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlKeys:
    monkeypatch.setenv("TRANSFERS_REGISTER_URL", f"sqlite:///{tmp_path / 'register.db'}")
    migrate(RegisterSettings())
    return SqlKeys(Store(register_engine(RegisterSettings()), ring("any")))


def noted(keys: SqlKeys) -> Sequence[tuple[str, str]]:
    return [(one.key_id, one.what) for one in keys.noted()]


def test_the_key_that_seals_is_noted_and_one_that_sealed_before_is_missed(keys: SqlKeys) -> None:
    assert note_keys(ring("old")) == []
    assert note_keys(ring("new")) == ["old"]
    assert note_keys(ring("new", "old")) == []
    assert noted(keys) == [("old", What.SEALS), ("new", What.SEALS)]


def test_a_worker_does_not_seal_under_a_key_that_was_retired(keys: SqlKeys) -> None:
    note_keys(ring("old"))
    keys.note("old", What.RETIRED, "transfers keys")
    with pytest.raises(ValueError, match="TRANSFERS_KEYS: the key old stands first, and was retired"):
        note_keys(ring("old", "new"))
    assert note_keys(ring("new", "old")) == [], "behind the others it opens what a backup brought back"


def test_a_worker_does_not_start_without_a_key_that_another_one_has_and_does_without_one_that_is_lost() -> None:
    others = [KeysOfWorker(identity="1@one", keys=("new", "old"))]
    with pytest.raises(ValueError, match="TRANSFERS_KEYS: lacks new, which other workers have"):
        refuse_keys_that_others_have(["lost", "new"], others)
    refuse_keys_that_others_have(["lost"], others)
    refuse_keys_that_others_have(["new"], [])


def test_a_register_that_does_not_answer_keeps_no_worker_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSFERS_REGISTER_URL", f"sqlite:///{tmp_path / 'nowhere' / 'register.db'}")
    assert note_keys(ring("any")) == ()
