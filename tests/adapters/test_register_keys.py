"""Keys in the register: what is under which, and sealing it anew, on SQLite and on PostgreSQL."""

from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session, select

from adapters.keyring import Keyring
from adapters.register.keys import SEALED, SqlKeys
from adapters.register.store import Store
from models.journey.recorded import RecordedStep
from models.operations.keys import What
from models.register.tables import EvidenceRow, TransferRow
from tests.adapters.conftest import KEY, OLD_KEY
from tests.builders import NOW, THEN, consent, facts, request, service
from tests.register import WholeRegister, new_register
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

OLD = Keyring(current="key-1", keys={"key-1": OLD_KEY})
BOTH = Keyring(current="key-2", keys={"key-2": KEY, "key-1": OLD_KEY})


@pytest.fixture
def old(register_url: str) -> WholeRegister:
    """Three transfers, with two pieces of evidence each, all under the old key."""
    register = new_register(register_url, OLD)
    register.put_services([service()])
    for number in range(3):
        ref = f"transfer-{number}"
        said = request(f"child-{number}", id=ref)
        register.opened(said, NOW)
        for step in ("one", "two"):
            entry = RecordedStep(step=consent(step_id=step), accepted_at=THEN, service_ref="service-north")
            register.store_evidence(ref, entry)
    return register


def with_keys(register: WholeRegister, keyring: Keyring, at_once: int = 2) -> SqlKeys:
    return SqlKeys(Store(register.engine, keyring), at_once)


def test_what_is_sealed_is_counted_by_its_key_also_where_that_is_not_here(old: WholeRegister) -> None:
    assert with_keys(old, BOTH).sealed_under() == {"key-2": 0, "key-1": 9}
    new_alone = Keyring(current="key-2", keys={"key-2": KEY})
    assert with_keys(old, new_alone).sealed_under() == {"key-2": 0, "key-1": 9}


def test_what_was_sealed_anew_reads_as_before_without_the_old_key(old: WholeRegister) -> None:
    before = old.status("transfer-1")
    assert sum(with_keys(old, BOTH).reseal()) == 9
    new_alone = Keyring(current="key-2", keys={"key-2": KEY})
    assert with_keys(old, new_alone).sealed_under() == {"key-2": 9}
    assert WholeRegister(Store(old.engine, new_alone)).status("transfer-1") == before


def test_whoever_is_stopped_in_the_middle_loses_nothing_and_goes_on(old: WholeRegister) -> None:
    both = with_keys(old, BOTH)
    stopped = both.reseal()
    done = next(stopped) + next(stopped)
    stopped.close()
    assert both.sealed_under() == {"key-2": done, "key-1": 9 - done}
    assert WholeRegister(Store(old.engine, BOTH)).status("transfer-2") is not None
    assert sum(both.reseal()) == 9 - done
    assert both.sealed_under() == {"key-2": 9, "key-1": 0}
    assert list(both.reseal()) == []


def test_what_is_written_meanwhile_is_left_as_it_was_written(old: WholeRegister) -> None:
    both, now = with_keys(old, BOTH, 10), status(facts())
    read_before = both.others(TransferRow.status, TransferRow.id, (TransferRow.id,), None)
    with Session(old.engine) as session:
        row = session.get_one(TransferRow, "transfer-1")
        row.status = newer = old.store.seal("transfer-1", now)
        session.add(row)
        session.commit()
    assert both.seal_anew(TransferRow.status, (TransferRow.id,), read_before) == 2
    with Session(old.engine) as session:
        assert session.get_one(TransferRow, "transfer-1").status == newer
    assert sum(both.reseal()) == 7


def test_what_no_key_opens_is_passed_over_and_stays_counted(old: WholeRegister) -> None:
    with Session(old.engine) as session:
        row = session.get_one(EvidenceRow, ("transfer-0", "one"))
        row.record = b"key-1\nchanged by somebody, who knows"
        session.add(row)
        session.commit()
    both = with_keys(old, BOTH)
    assert sum(both.reseal()) == 8
    assert both.sealed_under() == {"key-2": 8, "key-1": 1}


def test_the_pages_of_a_table_with_two_names_follow_each_other(old: WholeRegister) -> None:
    [(column, transfer, key)] = [one for one in SEALED if one[0].class_ is EvidenceRow]
    seen: list[Any] = []
    after = None
    while rows := with_keys(old, BOTH, 1).others(column, transfer, key, after):
        after = rows[-1][2:]
        seen.append(tuple(after))
    assert len(seen) == 6
    assert all(first < second for first, second in pairwise(seen))


def test_what_became_of_a_key_is_noted_once_and_for_no_transfer(old: WholeRegister) -> None:
    both = with_keys(old, BOTH)
    first = both.note("key-2", What.SEALS, "worker")
    assert both.note("key-2", What.SEALS, "worker") == first
    both.note("key-1", What.RETIRED, "transfers keys")
    assert [(one.key_id, one.what) for one in both.noted()] == [("key-2", "key seals"), ("key-1", "key retired")]
    with Session(old.engine) as session:
        assert session.exec(select(TransferRow.id)).all() == ["transfer-0", "transfer-1", "transfer-2"]


def test_the_open_transfers_are_named(old: WholeRegister) -> None:
    named = [("step-down", f"transfer-{number}") for number in range(3)]
    assert sorted(with_keys(old, BOTH).open_transfers()) == named
