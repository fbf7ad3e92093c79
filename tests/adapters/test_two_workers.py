"""Two workers do the same work on one register at once, as where an attempt was given up and goes on."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from adapters.keyring import Keyring
from models.effects import Effect, Ended
from models.errors import LastingError, PassingError
from models.kinds import EffectKind
from models.register.tables import AuditRow, ChildRow, EffectRow, OrganiserRow, TransferRow
from tests.builders import THEN, consent, facts, intent, request, result, service, taken
from tests.pace import until
from tests.postgres.pgbouncer import THROUGH_IT
from tests.register import WholeRegister, register_at
from tests.step_down import status

KEYS = Keyring(current="key-1", keys={"key-1": bytes(32)})
TRANSFERS, TRIES = 2, 40
DEEDS = 300
SEEDS = (1, 2)


class Did(NamedTuple):
    """What one worker remembers."""

    shown: dict[str, int]
    """The newest version of each transfer that it showed."""
    told: set[tuple[str, str | None]]
    """Who organises which meeting, as it was answered."""
    ended: set[tuple[str, str]]
    """How each effect had ended when it was begun once more, by its key."""


def work(url: str, seed: int, deeds: int, together: Path) -> Did:
    register, dice = register_at(url, KEYS), random.Random(seed)
    did = Did({}, set(), set())
    (together / str(seed)).touch()
    until(lambda: len(list(together.iterdir())) == len(SEEDS))
    for _ in range(deeds):
        until_it_answers(dice.choice(DEEDS_OF_A_WORKER), register, random.Random(dice.random()), did)
    register.engine.dispose()
    return did


def until_it_answers(
    deed: Callable[[WholeRegister, random.Random, Did], None], register: WholeRegister, dice: random.Random, did: Did
) -> None:
    """As an activity is tried: each time the same."""
    state = dice.getstate()
    for _ in range(TRIES):
        dice.setstate(state)
        try:
            return deed(register, dice, did)
        except LastingError:
            return None
        except (SQLAlchemyError, PassingError):
            continue
    raise AssertionError(f"{deed.__name__} was never done")


def begin(number: int) -> tuple[str, list[str]]:
    """Neighbours share a child, and only one of them may hold it."""
    return f"transfer-{number}", [f"child-{number}", f"child-{(number + 1) % TRANSFERS}"]


def opens(register: WholeRegister, dice: random.Random, did: Did) -> None:
    name, children = begin(dice.randrange(TRANSFERS))
    register.opened(request(*children, id=name), THEN)


def shows(register: WholeRegister, dice: random.Random, did: Did) -> None:
    name, children = begin(dice.randrange(TRANSFERS))
    register.opened(request(*children, id=name), THEN)
    [kept] = register.registered([name])
    assert kept.version >= did.shown.get(name, 0), "an older state replaced what this worker had shown"
    version = max(1, kept.version + dice.randrange(-1, 4))
    now = status(facts(request=request(*children, id=name)))
    register.shows(now.model_copy(update={"id": name, "stage_words": f"version {version}"}), version)
    did.shown[name] = max(version, did.shown.get(name, 0))


def keeps_evidence(register: WholeRegister, dice: random.Random, did: Did) -> None:
    name, children = begin(dice.randrange(TRANSFERS))
    register.opened(request(*children, id=name), THEN)
    register.store_evidence(name, taken(consent(step_id=f"step-{dice.randrange(30)}")))


def does_an_effect(register: WholeRegister, dice: random.Random, did: Did) -> None:
    about = intent(Effect(kind=EffectKind.SEND_LETTER, letter=f"letter-{dice.randrange(20)}"))
    known = register.begin(about).result
    if known is not None:
        did.ended.add((about.key, known.evidence))
    elif dice.random() < 0.5:
        register.finish(about, result(about.effect, Ended.DONE, str(dice.random())))
    else:
        register.withdraw(about)


def adds_a_child(register: WholeRegister, dice: random.Random, did: Did) -> None:
    name, children = begin(dice.randrange(TRANSFERS))
    register.opened(request(*children, id=name), THEN)
    register.reserve_child(name, f"added-{dice.randrange(5)}", "sw-1", {"step-down"})


def organises(register: WholeRegister, dice: random.Random, did: Did) -> None:
    meeting = f"meeting-{dice.randrange(20)}"
    did.told.add((meeting, register.organiser_of(meeting, f"{dice.randrange(99)}@council.example")))


DEEDS_OF_A_WORKER = (opens, *[shows] * 5, keeps_evidence, *[does_an_effect] * 3, adds_a_child, organises)


@pytest.mark.long
@pytest.mark.parametrize("register_url", ["sqlite", "postgresql", THROUGH_IT], indirect=True)
def test_whatever_two_workers_do_at_once_counts_once(register_url: str, tmp_path: Path) -> None:
    (together := tmp_path / "together").mkdir()
    register = register_at(register_url, KEYS)
    register.put_services([service()])
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        both = list(workers.map(work, [register_url] * 2, SEEDS, [DEEDS] * 2, [together] * 2))
    with Session(register.engine) as session:
        rows = {row.id: row for row in session.exec(select(TransferRow))}
        audited = Counter((row.transfer_id, row.what, row.new) for row in session.exec(select(AuditRow)))
        held = Counter(row.child_ref for row in session.exec(select(ChildRow)) if row.open)
        ended = {row.key: row.evidence for row in session.exec(select(EffectRow)) if row.ended}
        organisers = {(row.uid, row.address) for row in session.exec(select(OrganiserRow))}
    for name, row in rows.items():
        newest = max((did.shown.get(name, 0) for did in both), default=0)
        assert row.version == newest
        shown = register.status(name)
        assert newest == 0 or (shown is not None and shown.stage_words == row.stage_words == f"version {newest}")
    assert all(number == 1 for (_, what, _), number in audited.items() if what.startswith(("evidence", "child added")))
    assert sum(n for (_, what, _), n in audited.items() if what == EffectKind.SEND_LETTER) == len(ended)
    assert set().union(*(did.ended for did in both)) <= set(ended.items())
    assert set().union(*(did.told for did in both)) == organisers
    assert set(held.values()) == {1}
    register.engine.dispose()
