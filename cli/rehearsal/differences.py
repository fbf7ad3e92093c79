"""What is not as a case file says: in the transfer itself, in the register, in Mosaic, in the mailbox."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest

from cli.rehearsal.books import Books
from cli.rehearsal.case import Case, CaseFile
from cli.rehearsal.expectation import (
    BY_ITSELF,
    WAITS,
    Expectation,
    ExpectedClock,
    ExpectedOpened,
    as_far_as_said,
    as_on_duty,
    how_it_ended,
    same_attention,
    same_contact,
)
from cli.wiring import directory
from models.attention import Attention, Resolution
from models.journey.status import Status
from models.kinds import OFFICES, Audience, JourneyKind

HOW_IT_ENDED = {
    Resolution.RETRY: "tried again",
    Resolution.DONE_BY_HAND: "done by hand",
    Resolution.SKIP: "skipped",
    BY_ITSELF: "ended by itself",
    WAITS: "still waits for a person",
}
"""How an item that needed attention ended, in plain words."""


def differences(
    case: Case, now: Status, books: Books, shown: Status | None, opened: Sequence[Status] = ()
) -> list[str]:
    """What is not as the case file says, in plain words; ``opened`` is how that stands which was opened out of it."""
    itself = (*_in_itself(case.expect, now, shown), *_opened(case.expect, opened))
    return [*itself, *_in_mosaic(case.expect, books), *_in_the_mail(case.expect, books)]


def _in_itself(expect: Expectation, now: Status, shown: Status | None) -> Iterator[str]:
    if expect.outcome is not None and now.outcome != expect.outcome:
        yield f"it should end as: {expect.outcome.words}"
    if expect.stage is not None and now.stage != expect.stage:
        yield f"it should stay open at: {expect.stage.words}; it is at: {now.stage_words}"
    clocks = tuple(ExpectedClock(kind=c.kind, due=c.due, ended=c.state) for c in now.responses if c.due)
    if expect.clocks and clocks != expect.clocks:
        yield f"the clocks should be: {_listed(expect.clocks)}; they are: {_listed(clocks)}"
    if not same_attention(now.attention, expect.attention):
        yield f"attention should be: {_listed(expect.attention) or 'needed by nothing'}"
    if not same_standing(shown, now):
        yield f"the register shows: {shown.stage_words if shown else 'nothing'}"


def _opened(expect: Expectation, opened: Sequence[Status]) -> Iterator[str]:
    """Each as the case says it, in their order."""
    pairs = zip_longest(expect.opened, opened)
    if not all(one is not None and now is not None and _stands_so(one, now) for one, now in pairs):
        are = (f"{JourneyKind(now.journey).words} ({now.ended or now.stage_words})" for now in opened)
        yield f"opened out of it should be: {_listed(expect.opened) or 'nothing'}; it is: {_listed(are) or 'nothing'}"


def _stands_so(one: ExpectedOpened, now: Status) -> bool:
    stands = now.outcome == one.outcome and (one.stage is None or now.stage == one.stage)
    return one.journey == now.journey and stands


def _in_mosaic(expect: Expectation, books: Books) -> Iterator[str]:
    if books.children != expect.children:
        yield f"Mosaic should hold for the children: {expect.children}"
    if not same_contact(books.contact, expect.contact):
        yield f"the Early Help Contact should hold: {expect.contact or 'nothing'}"
    if sorted(map(str, books.shared)) != sorted(map(str, expect.shared)):
        yield f"shared should be: {_listed(expect.shared) or 'nothing'}"


def _in_the_mail(expect: Expectation, books: Books) -> Iterator[str]:
    if sorted(map(str, as_far_as_said(books.mail, expect.mail))) != sorted(map(str, expect.mail)):
        yield f"sent should be: {_listed(expect.mail) or 'nothing'}"
    offices = (OFFICES[who] for who in (Audience.DUTY_AND_ADVICE, Audience.EMERGENCY_DUTY_TEAM))
    on_duty = {address for office in offices if (address := directory().address_of(office)) is not None}
    alerts = as_on_duty(books.alerts, expect.alerts, on_duty)
    if Counter(map(str, alerts)) != Counter(map(str, expect.alerts)):
        yield f"alerts should be: {_listed(expect.alerts) or 'none'}"
    yield from (f"the due date of {name} is not what its certificate says" for name in books.wrong_certificates)


def _listed(said: Iterable[object]) -> str:
    return "; ".join(map(str, said))


def same_standing(shown: Status | None, now: Status) -> bool:
    """Whether the register shows how the transfer stands."""
    return shown is not None and (shown.stage, shown.outcome) == (now.stage, now.outcome)


def beyond(file: CaseFile, ids: Collection[str]) -> Iterator[str]:
    """What the register has under the id of this file that none of its cases started."""
    started = {case.start.id for case in file.journeys}
    of_this = {one for one in ids if one == file.id or one.startswith(f"{file.id}-")}
    yield from (f"nobody started {one}, which the register has" for one in sorted(of_this - started))


def attention_words(item: Attention) -> str:
    """What needed attention, what had happened, and how it ended."""
    return f"{item.what}. {item.words.happened} → {HOW_IT_ENDED[how_it_ended(item)]}"
