"""The page about the effects: what the machine does outside, how, and what people are asked when it cannot."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from activities.failures import LONGEST_WAIT
from models.attention import NOT_ANSWERING, PROBLEMS
from models.clocks import RESPONSES
from models.effects import EffectKind
from models.policy import Policy
from models.protocols import WAYS, Protocol, System, by_machine_alone
from models.step_down.resolving import MUST_BE
from models.step_down.words import EFFECT_WORDS
from workflows.digest import CLAUSE, STALE_AFTER
from workflows.errands import CLOCK_CLAUSES, ERRANDS, OWN_RULE
from workflows.timeouts import ALERT, UNTIL_IT_ANSWERS, Patience

UNEXPECTED = "unexpected"

INTRODUCTION = """\
# Effects: what the machine does outside

Made from the table in `models/protocols.py` by `python -m cli.generate`; do not edit. `tests/matrix` tries every fault
on every effect that it can hit, and fails where what people are then asked differs from this page.

Everything that the machine does outside goes the same way: **intent, look, act, look, result**.

1. **Intent.** Before anything is done, the effect book in the register notes the key of the effect. The key names the
   transfer, what is done, and to what; it is the same however often it is tried, by whichever worker.
2. **Look.** Has it been done already, by an attempt whose answer was lost or by a person? Then it is not done again.
3. **Act.**
4. **Look again.** What the other side shows now is the evidence.
5. **Result.** The book notes how it ended. Who asks again later gets this result.

Where nobody can look, as with mail, the book alone says whether it was tried: see the protocols. What passes is tried
again by itself. What lasts becomes an attention item for a person, and everything else in the transfer goes on."""

BY_ITSELF = """\
| what happened | what the machine does |
|---|---|
| Mosaic cannot be reached, is silent, answers 5xx, 429, or something that cannot be understood | The next attempt looks first |
| Mosaic says `stale_version` or `already_completed` to the act | The next attempt looks first: it finds it done, done otherwise, or still to do |
| Mosaic was told to act, and no answer came | The next attempt looks first. A closing is safe, as Mosaic refuses a second one. A share that Mosaic records later than our look may stand there twice, with the same content |
| The mail server cannot be reached, breaks off or is silent before the message, or puts it off (4xx) at any point | Nothing left; sent again |
| The mail server breaks off or is silent after the message | About a person: *unclear*, never sent again by itself. About nobody: sent again, under the same Message-ID |
| An alert channel does not take what it is told, whatever it says | Told again |
| Our register is away before the act | Nothing was done; tried again |
| Our register is away after the act | What can be looked up is found done. Mail about a person: *unclear*. Mail about nobody: sent again |"""  # noqa: E501 - a row of a table is one line


def effects_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [
            INTRODUCTION,
            "",
            "## The protocols",
            "",
            *(f"- **{protocol.value}**: {protocol.words}." for protocol in Protocol),
            "",
            "## Every effect",
            "",
            "The key begins with the id of the transfer; that of a digest with `digest-` and the day. It holds",
            "references only. What stands in `[...]` is there where the same is done once more.",
            "",
            "| effect | clause | key | at | protocol |",
            "|---|---|---|---|---|",
            *map(_row, EffectKind),
            "",
            "## What is looked for",
            "",
            "Before the act and after it, by the same question.",
            "",
            "| effect | the question to Mosaic |",
            "|---|---|",
            *(f"| {kind} | {way.looked_up} |" for kind, way in WAYS.items() if way.looked_up),
            "",
            "A closing counts whoever did it, if its next actions are those that were decided. The machine never opens",
            "a case: `reopen_child` only looks. What stands in our own register is written by its key, or not at all.",
            "",
            "## What is tried again by itself",
            "",
            *_pauses(),
            "",
            BY_ITSELF,
            "",
            "| effect | one attempt takes at most | a dead worker is noticed after |",
            "|---|---|---|",
            *map(_patience, EffectKind),
            "",
            "## What needs a person",
            "",
            *_answers(),
            "",
            "| problem | what happened | what to do | who | can come of |",
            "|---|---|---|---|---|",
            *_problems(),
            "",
            f"`{UNEXPECTED}` comes of no fault that we know. The other problems of `models/attention.py` are about",
            "steps, about children, or about what differs between register, Temporal and Mosaic.",
            "",
        ]
    )


def _row(kind: EffectKind) -> str:
    way = WAYS[kind]
    asks = ", written with names or documents from Mosaic" if way.asks_mosaic else ""
    key = f"`<transfer>/{kind}/{way.subject}`"
    cells = (_capital(EFFECT_WORDS[kind]), _clause(kind), key, f"{way.system.words}{asks}", way.protocol.value)
    return f"| {' | '.join(cells)} |"


def _clause(kind: EffectKind) -> str:
    if kind is EffectKind.MAIL_DIGEST:
        return CLAUSE
    answers = ", ".join(CLOCK_CLAUSES[kind] for kind in RESPONSES)
    clause = ERRANDS[kind].clause
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
    patience: Patience = ALERT if kind is EffectKind.MAIL_DIGEST else ERRANDS[kind].patience
    noticed = f"{_words(patience.heartbeat)} of silence" if patience.heartbeat else "the same time"
    return f"| {kind} | {_words(patience.attempt)} | {noticed} |"


def _answers() -> Iterator[str]:
    by_hand = ", ".join(f"`{kind}`" for kind in EffectKind if by_machine_alone(kind))
    must_be = ", ".join(f"`{kind}`" for kind in MUST_BE)
    yield "Shown with `transfers show` and in the Temporal UI; answered with the step `resolve_attention`:"
    yield ""
    yield (
        f"- **retry**, when it was put right: not with `{NOT_ANSWERING}`, which is tried on anyway, and not where the "
        "effect is no longer wanted. After `unclear` it is this word, and nothing else, that lets a mail be sent again."
    )
    yield f"- **done_by_hand**, with the evidence: not for {by_hand}, which happen in our own register."
    yield (
        f"- **skip**, with the reason: not for {must_be} while they are wanted, and not for "
        f"`{EffectKind.RECKON_CLOCK}` of an answer that somebody owes us."
    )
    yield ""
    yield (
        f"`{EffectKind.MAIL_DIGEST}` belongs to no transfer: who was not told stands in the result of the day's "
        "workflow, with the problem, and is told the next morning."
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
