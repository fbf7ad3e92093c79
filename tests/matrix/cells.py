"""The cells of the matrix: every fault that can hit an effect, as the table of effects says, in groups.

The faults of a group strike one after the other; what passes and what lasts take turns, so that no pause grows long.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice, zip_longest
from typing import Any

from activities.effect import MOST_UNSURE
from models.attention import PROBLEMS, Resolution
from models.kinds import NOT_ANSWERING, EffectKind
from models.ways import WAYS, Protocol, System
from simulators.mosaic.contract import Code
from tests.matrix.outside import PATIENCE
from tests.pace import patient

HANGS = PATIENCE + 0.3
"""Longer than our patience, and over before the next try a second later."""
PASSES = frozenset({Code.STALE_VERSION, Code.ALREADY_COMPLETED, Code.RATE_LIMITED, Code.UNAVAILABLE})
"""What the next look settles; said here once more, so that the matrix holds the adapter to it."""
IMPATIENT = patient(12)
"""Seconds after which operations are told, in the journeys that suffer the outage that lasts."""
OUTAGE = math.floor(math.log2(IMPATIENT + 1)) + 2
"""How often it is tried in vain, a second after the first time, then two, then four: once more after they were told."""


class At(StrEnum):
    """Where a fault strikes."""

    READ = "look in Mosaic"
    WRITE = "act in Mosaic"
    NAME = "name from Mosaic"
    DOCUMENT = "document from Mosaic"
    NEWEST = "newest version in Mosaic"
    MAIL = "mail"
    ROOM = "room"
    REGISTER = "register"
    JOURNEY = "another journey"
    HAND = "as it stands"
    """No fault: the other side, or the directory, is as a person left it."""


class How(StrEnum):
    """What a person does about it."""

    RETRY = Resolution.RETRY
    BY_HAND = Resolution.DONE_BY_HAND
    SKIP = Resolution.SKIP
    LOOK = "look"
    """See whether the mail arrived; then by hand, or another try."""
    NOTHING = "nothing"
    """It ends by itself."""


@dataclass(frozen=True)
class Cell:
    """One fault, the problem that it has to become (None: it passes), and what is done about it."""

    fault: str
    at: At
    blow: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    how: How = How.RETRY
    times: int = 1


Group = Sequence[Cell]


def groups(kind: EffectKind) -> list[Group]:
    """Every fault that can hit this kind of effect; the first group is the outage that lasts."""
    way = WAYS[kind]
    match way.system, way.protocol:
        case System.MOSAIC, Protocol.READ:
            found = list(_only_read())
        case System.MOSAIC, _:
            found = list(_in_mosaic(kind))
        case System.MAIL, Protocol.SENT_ONCE:
            found = list(_sent_once(kind))
        case System.MAIL, _:
            found = list(_repeated(kind))
        case System.CHANNEL, _:
            found = list(_on_a_channel(kind))
        case System.TEMPORAL, _:
            found = list(_in_another_journey(kind))
        case _ if kind in OWN_CALLS:
            found = list(_in_our_register(kind))
        case _:
            found = [_as_it_stands(kind)]
    return found


def _only_read() -> Iterator[Group]:
    yield [_lasts(At.READ, _error(Code.UNAVAILABLE))]
    yield _turns(_answers(At.READ), _breaks(At.READ))
    yield [Cell("look in Mosaic: locked", At.READ, _error(Code.LOCKED), "locked", How.BY_HAND)]


def _in_mosaic(kind: EffectKind) -> Iterator[Group]:
    yield [_lasts(At.READ, _error(Code.UNAVAILABLE))]
    yield from _when_versions_are_compared(kind)
    yield _turns(_answers(At.READ), _breaks(At.READ))
    yield _BOOK
    locked = Cell("look in Mosaic: locked", At.READ, _error(Code.LOCKED), "locked", How.BY_HAND)
    yield [locked]
    yield _as_it_stands(kind)
    if kind is EffectKind.WRITE_CONTACT:
        yield [Cell("as it stands: contact_elsewhere", At.HAND, problem=AT_THE_START)]
    if kind is EffectKind.REOPEN_CHILD:
        return
    yield _turns(_answers(At.WRITE), _breaks(At.WRITE))
    act = "act in Mosaic, done:"
    yield [Cell(f"{act} answer lost", At.WRITE, {"action": "drop", "when": "after"})]
    yield [Cell(f"{act} silent", At.WRITE, {"action": "hang", "seconds": HANGS, "when": "after"})]
    yield [Cell(f"{act} unavailable", At.WRITE, _error(Code.UNAVAILABLE, "after"))]
    yield [Cell(f"{act} locked", At.WRITE, _error(Code.LOCKED, "after"), "locked")]
    again = "second look in Mosaic:"
    yield [Cell(f"{again} dropped", At.READ, {"action": "drop", "when": "before", "skip": 1})]
    yield [Cell(f"{again} silent", At.READ, {"action": "hang", "seconds": HANGS, "when": "before", "skip": 1})]
    yield [Cell(f"{again} not_found", At.READ, {**_error(Code.NOT_FOUND), "skip": 1}, "not_found")]


def _sent_once(kind: EffectKind) -> Iterator[Group]:
    unclear: dict[str, Any] = {"problem": "unclear", "how": How.LOOK}
    yield [_lasts(At.MAIL, _mail("recipient", "error", "451 later"))]
    yield _BEFORE_IT_LEAVES
    for place in (At.NAME, At.DOCUMENT):
        if place in ASKED.get(kind, ()):
            yield _turns(_answers(place), _breaks(place))
    yield from _when_versions_are_compared(kind)
    yield [
        Cell("message: dropped before", At.MAIL, _mail("message", "drop"), **unclear),
        Cell("message: silent before", At.MAIL, _mail("message", "hang"), **unclear),
    ]
    yield [Cell("message: answer lost", At.MAIL, _mail("message", "drop", when="after"), **unclear)]
    yield [Cell("message: silent after", At.MAIL, _mail("message", "hang", when="after"), **unclear)]
    yield [_refused_though_taken(How.LOOK)]
    yield [
        _book("begin", "before"),
        _book("begin", "after", **unclear),
        _book("finish", "before", **unclear),
    ]
    yield [
        Cell("recipient: put off", At.MAIL, _mail("recipient", "error", "451 later")),
        _book("withdraw", "before", **unclear),
        Cell("recipient: refused", At.MAIL, _mail("recipient", "error", "550 no")),
        _book("withdraw", "after"),
        _book("finish", "after"),
    ]
    yield [_by_a_person(How.BY_HAND), *_NOTED]
    if not WAYS[kind].must_be:
        yield [_by_a_person(How.SKIP), *_NOTED]


def _repeated(kind: EffectKind) -> Iterator[Group]:
    yield [_lasts(At.MAIL, _mail("recipient", "error", "451 later"))]
    yield _BEFORE_IT_LEAVES
    yield [
        Cell("message: dropped before", At.MAIL, _mail("message", "drop")),
        Cell("message: silent before", At.MAIL, _mail("message", "hang")),
    ]
    yield [
        Cell("message: answer lost", At.MAIL, _mail("message", "drop", when="after")),
        Cell("message: silent after", At.MAIL, _mail("message", "hang", when="after")),
    ]
    yield [_refused_though_taken(How.RETRY)]
    lost = _mail("message", "drop", when="after")
    yield [Cell("message: no answer, again and again", At.MAIL, lost, "unclear", How.LOOK, times=MOST_UNSURE)]
    yield _BOOK
    if WAYS[kind].own and kind not in ADDRESS_IS_KEPT:
        yield _as_it_stands(kind)
        yield [Cell("register: address, away before", At.REGISTER, _AWAY)]
    if kind is not EffectKind.MAIL_DIGEST:
        yield [_by_a_person(How.BY_HAND), *_NOTED]
        yield [_by_a_person(How.SKIP), *_NOTED]


def _on_a_channel(kind: EffectKind) -> Iterator[Group]:
    yield [_lasts(At.ROOM, {"action": "error", "status": 503, "when": "before"})]
    for when in ("before", "after"):
        yield [
            Cell(f"room: refused (4xx) {when}", At.ROOM, {"action": "error", "status": 404, "when": when}),
            Cell(f"room: unavailable (5xx) {when}", At.ROOM, {"action": "error", "status": 503, "when": when}),
        ]
        yield [
            Cell(f"room: dropped {when}", At.ROOM, {"action": "drop", "when": when}),
            Cell(f"room: silent {when}", At.ROOM, {"action": "hang", "seconds": HANGS, "when": when}),
        ]
    yield _BOOK
    yield _as_it_stands(kind)
    yield [Cell("as it stands: unknown_channel", At.HAND, problem="unknown_channel", how=How.BY_HAND)]
    yield [Cell("as it stands: unknown_channel", At.HAND, problem="unknown_channel", how=How.SKIP)]


def _in_our_register(kind: EffectKind) -> Iterator[Group]:
    operation = {"operation": OWN_CALLS[kind]}
    yield [_lasts(At.REGISTER, {**operation, "when": "before"})]
    yield [
        Cell("register: the call, away before", At.REGISTER, {**operation, "when": "before"}),
        Cell("register: the call, answer lost", At.REGISTER, {**operation, "when": "after"}),
    ]
    yield _as_it_stands(kind)
    if kind is EffectKind.RESERVE_CHILD:
        yield [Cell("as it stands: child_elsewhere", At.HAND, problem="child_elsewhere", how=How.SKIP)]


def _in_another_journey(kind: EffectKind) -> Iterator[Group]:
    """What is opened is looked for first; what is told, is told at once."""
    acts = "start" if kind is EffectKind.OPEN_JOURNEY else "tell"
    looks = "knows" if kind is EffectKind.OPEN_JOURNEY else acts
    yield [_lasts(At.JOURNEY, {"operation": f"journeys.{looks}", "when": "before"})]
    yield [
        Cell(f"{At.JOURNEY}: {said}", At.JOURNEY, {"operation": f"journeys.{acts}", "when": when})
        for said, when in (("away before", "before"), ("answer lost", "after"))
    ]
    if kind is EffectKind.OPEN_JOURNEY:
        yield _BOOK


OWN_CALLS = {
    EffectKind.LOOK_UP_SERVICE: "register.look_up_service",
    EffectKind.LOOK_UP_PEOPLE: "register.look_up_people",
    EffectKind.RESERVE_CHILD: "register.reserve_child",
}

ASKED: dict[EffectKind, tuple[At, ...]] = {
    EffectKind.MAIL_DOCUMENT: (At.DOCUMENT,),
    EffectKind.SEND_PACK: (At.NAME, At.DOCUMENT),
    EffectKind.SEND_ADVICE_SUMMARY: (At.NAME, At.DOCUMENT),
    EffectKind.SEND_LETTER: (At.NAME,),
    EffectKind.TELL_SAFETY: (At.NAME,),
    EffectKind.SEND_MEETING_OUTCOME: (At.NAME,),
}
"""What a mail needs from Mosaic when it is written."""

COMPARED = (EffectKind.SHARE_DOCUMENT, EffectKind.MAIL_DOCUMENT, EffectKind.SEND_PACK)
"""What sends a document, and asks first which of its versions is the newest."""


def _when_versions_are_compared(kind: EffectKind) -> Iterator[Group]:
    """What strikes the question for the newest version: it is asked again, or Mosaic's no passed over."""
    if kind not in COMPARED:
        return
    answers = {code: Cell(f"{At.NEWEST}: {code}", At.NEWEST, _error(code)) for code in Code}
    passing = iter(cell for code, cell in answers.items() if code in PASSES)
    yield _breaks(At.NEWEST)
    for code in Code:
        if code not in PASSES:
            yield [*islice(passing, 2), answers[code]]


def tells_of_newer(cells: Group) -> bool:
    """Whether Mosaic says in the end which version is the newest, after it was asked in vain."""
    last = cells[-1] if cells else None
    return last is not None and last.at is At.NEWEST and "error" not in last.blow


NO_ADDRESS = "no_address"
ADDRESS_IS_KEPT = frozenset({EffectKind.CANCEL_INVITATION, EffectKind.ENTER_MEETING, EffectKind.REMOVE_MEETING})
"""The register keeps the address of whoever organises a meeting from its first date on: here nobody asks for it."""


AT_THE_START = "contact_elsewhere"
"""What comes of the number that a request gives, and so with its first entry only."""


def _as_it_stands(kind: EffectKind) -> Group:
    """What people left so; ``ByHand`` says how it comes about, and how it is put right."""
    order = {
        EffectKind.CLOSE_CHILD: (
            *("no_open_step", "locked", "mandatory_missing", "restricted_record", "unknown_team"),
            *("early_help_open", "step_cancelled", "already_completed"),
        ),
        EffectKind.SHARE_DOCUMENT: ("unknown_team", "not_found"),
        EffectKind.REOPEN_CHILD: ("reopen_by_hand", "step_cancelled"),
        EffectKind.WRITE_CONTACT: ("contact_closed", "locked", "restricted_record", "unknown_team"),
    }
    problems = order.get(kind, sorted(WAYS[kind].own))
    assert set(problems) >= WAYS[kind].own - {AT_THE_START}
    return [Cell(f"as it stands: {problem}", At.HAND, problem=problem) for problem in problems]


def _by_a_person(how: How) -> Cell:
    return Cell("recipient: refused", At.MAIL, _mail("recipient", "error", "550 no"), "refused_address", how)


def _refused_though_taken(how: How) -> Cell:
    blow = _mail("message", "error", "554 no", when="after")
    return Cell("message: refused, though taken", At.MAIL, blow, "refused_message", how)


def _answers(at: At) -> list[Cell]:
    """Every typed error of Mosaic, before anything was done."""
    return [Cell(f"{at}: {code}", at, _error(code), becomes(code)) for code in Code]


def becomes(code: Code) -> str | None:
    """The problem that a typed error of Mosaic is; None where the next look settles it."""
    if code in PASSES:
        return None
    return code.value if code.value in PROBLEMS else "invalid_request"


def _breaks(at: At) -> list[Cell]:
    silent = Cell(f"{at}: silent", at, {"action": "hang", "seconds": HANGS, "when": "before"})
    return [Cell(f"{at}: dropped", at, {"action": "drop", "when": "before"}), silent]


def _turns(answers: Iterable[Cell], breaks: Iterable[Cell]) -> Group:
    """What lasts and what passes take turns; the silence, after which it may have been done, comes last."""
    cells = list(answers)
    lasting = [cell for cell in cells if cell.problem is not None]
    passing = [*(cell for cell in cells if cell.problem is None), *breaks]
    pairs = zip_longest(lasting, passing[:-1])
    return [*(cell for pair in pairs for cell in pair if cell is not None), passing[-1]]


def _error(code: Code, when: str = "before") -> dict[str, Any]:
    return {"action": "error", "error": code.value, "when": when}


def _mail(stage: str, action: str, code: str | None = None, when: str = "before") -> dict[str, Any]:
    said = {"stage": stage, "action": action, "when": when, "seconds": HANGS}
    return said if code is None else {**said, "code": code}


def _lasts(at: At, blow: dict[str, Any]) -> Cell:
    return Cell(f"{at}: away for long", at, blow, NOT_ANSWERING, How.NOTHING, times=OUTAGE)


_AWAY = {"operation": "directory.address_of", "when": "before"}


def _book(operation: str, when: str, **becomes: Any) -> Cell:
    said = "away before" if when == "before" else "answer lost"
    blow = {"operation": f"book.{operation}", "when": when}
    return Cell(f"register: {operation}, {said}", At.REGISTER, blow, **becomes)


_NOTED: Group = (_book("finish", "before"), _book("finish", "after"))
"""What a person said is noted all the same."""
_BOOK: Group = (_book("begin", "before"), _book("begin", "after"), *_NOTED)


def _stage(stage: str, problem: str, *actions: str) -> Iterator[Cell]:
    for action in actions:
        match action:
            case "refused":
                yield Cell(f"{stage}: refused", At.MAIL, _mail(stage, "error", "550 no"), problem)
            case "put off":
                yield Cell(f"{stage}: put off", At.MAIL, _mail(stage, "error", "451 later"))
            case "dropped":
                yield Cell(f"{stage}: dropped", At.MAIL, _mail(stage, "drop"))
            case _:
                yield Cell(f"{stage}: silent", At.MAIL, _mail(stage, "hang"))


_BEFORE_IT_LEAVES: Group = (
    *_stage("sender", "mail_setup", "put off", "refused", "dropped", "refused", "silent"),
    *_stage("recipient", "refused_address", "refused", "put off", "refused", "dropped", "refused", "silent"),
    *_stage("message", "refused_message", "refused", "put off", "refused"),
)
"""At each stage at which it is certain that nothing was sent."""
