"""The effects: what the machine does outside, how, and what people are asked when it cannot."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from activities.failures import LONGEST_WAIT
from models.attention import PROBLEMS
from models.kinds import NOT_ANSWERING, RESPONSES, EffectKind
from models.policy import Policy
from models.ways import WAYS, Protocol, System, by_machine_alone
from workflows.digest import CLAUSE, STALE_AFTER
from workflows.help_request.orders import ORDERS as OF_REQUESTS
from workflows.journey.orders import OWN_RULE, Order
from workflows.step_down.orders import ORDERS
from workflows.step_up.orders import ORDERS as OF_REFERRALS
from workflows.timeouts import ALERT, UNTIL_IT_ANSWERS, Patience

EFFECTS: dict[EffectKind, Order[Any]] = {**OF_REFERRALS.effects, **OF_REQUESTS.effects, **ORDERS.effects}
"""Of what several journeys do, as a step-down orders it."""
CLOCK_CLAUSES = {**ORDERS.clock_clauses, **OF_REQUESTS.clock_clauses, **OF_REFERRALS.clock_clauses}
"""By which clause each clock runs that is not our own rule."""


def blocks() -> dict[str, str]:
    """The tables, and what is said of answers and pauses, each by its name."""
    made = {
        "protocols": [f"- **{protocol.value}**: {protocol.words}." for protocol in Protocol],
        "effects": ["| effect | clause | key | at | protocol |", "|---|---|---|---|---|", *map(_row, EffectKind)],
        "looked-for": [
            "| effect | the question to Mosaic |",
            "|---|---|",
            *(f"| {kind} | {way.looked_up} |" for kind, way in WAYS.items() if way.looked_up),
        ],
        "pauses": _pauses(),
        "patience": [
            "| effect | one attempt takes at most | a dead worker is noticed after |",
            "|---|---|---|",
            *map(_patience, EffectKind),
        ],
        "answers": _answers(),
        "problems": [
            "| problem | what happened | what to do | who | can come of |",
            "|---|---|---|---|---|",
            *_problems(),
        ],
    }
    return {name: "\n".join(lines) for name, lines in made.items()}


def _row(kind: EffectKind) -> str:
    way = WAYS[kind]
    asks = ", written with names or documents from Mosaic" if way.asks_mosaic else ""
    named = "/".join("v<version>" if part == "version" else f"<{part}>" for part in way.identity)
    key = f"`<transfer>/{kind}/{named}{'[/<time>]' if way.again else ''}`"
    cells = (_capital(way.words), _clause(kind), key, f"{way.system.words}{asks}", way.protocol.value)
    return f"| {' | '.join(cells)} |"


def _clause(kind: EffectKind) -> str:
    if kind is EffectKind.MAIL_DIGEST:
        return CLAUSE
    answers = ", ".join(CLOCK_CLAUSES[kind] for kind in RESPONSES)
    clause = EFFECTS[kind].clause
    return f"{answers}; of other waits our {OWN_RULE}" if clause == OWN_RULE else clause


def _pauses() -> Iterator[str]:
    first, longest = UNTIL_IT_ANSWERS.initial_interval, UNTIL_IT_ANSWERS.maximum_interval or timedelta()
    yield (
        f"Without end. The first pause is {_words(first)}, each next one is {UNTIL_IT_ANSWERS.backoff_coefficient:g} "
        f"times as long, up to {_words(longest)}. Where Mosaic says when to come again (`Retry-After`), that is kept, "
        f"up to {_words(LONGEST_WAIT)}."
    )
    yield (
        f"What has not succeeded after {_words(Policy().attention_after)} (`attention_after` in the policy) is told to "
        f"operations as `{NOT_ANSWERING}`, and is tried on, with the short pauses first. A digest is tried for "
        f"{_words(STALE_AFTER)}; the next one tells what holds then."
    )


def _patience(kind: EffectKind) -> str:
    patience: Patience = ALERT if kind is EffectKind.MAIL_DIGEST else EFFECTS[kind].patience
    noticed = f"{_words(patience.heartbeat)} of silence" if patience.heartbeat else "the same time"
    return f"| {kind} | {_words(patience.attempt)} | {noticed} |"


def _answers() -> Iterator[str]:
    by_hand = ", ".join(f"`{kind}`" for kind in EffectKind if by_machine_alone(kind))
    must_be = ", ".join(f"`{kind}`" for kind, way in WAYS.items() if way.must_be)
    yield (
        f"- **retry**, when it was put right: not with `{NOT_ANSWERING}`, which is tried on anyway, and not where the "
        "effect is no longer wanted. After `unclear` it is this word, and nothing else, that lets a mail be sent again."
    )
    yield f"- **done_by_hand**, with the evidence: not for {by_hand}, which happen in our own house."
    yield (
        f"- **skip**, with the reason: not for {must_be} while they are wanted, and not for "
        f"`{EffectKind.CALCULATE_DUE_DATE}` of an answer that somebody owes us."
    )


def _problems() -> Iterator[str]:
    for problem, said in PROBLEMS.items():
        of = [kind for kind, way in WAYS.items() if problem in way.problems]
        if of:
            yield f"| `{problem}` | {said.happened} | {said.advice} | {said.who.words} | {_kinds(of)} |"


TOGETHER = {
    frozenset(EffectKind): "every effect",
    frozenset(kind for kind, way in WAYS.items() if way.system is System.MAIL): "whatever is mailed",
    frozenset(kind for kind, way in WAYS.items() if way.in_mosaic): "whatever asks Mosaic",
    frozenset(kind for kind, way in WAYS.items() if way.protocol is Protocol.SENT_ONCE): "mail about a person",
}
"""Effects that have a problem in common, in a few words."""


def _kinds(kinds: Iterable[EffectKind]) -> str:
    named = list(kinds)
    return TOGETHER.get(frozenset(named), ", ".join(f"`{kind}`" for kind in named))


def _words(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}{'s' if seconds != size else ''}"
    raise AssertionError("every length is whole seconds")


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
