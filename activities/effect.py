"""The one protocol of every effect: intent, look, act, look again, result.

What cannot be looked up and would do harm if done twice is never repeated: an intent without a result makes it unclear,
and a person decides.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from activities.ports import EffectBook
from models.attention import MAIL_SETUP
from models.effects import EffectResult, Ended, Intent
from models.errors import LastingError, NothingHappenedError, OutsideError, PassingError, UnclearError
from models.mail import Mail
from models.mosaic import ChildRecord, ClosedStep, SharedDocument

NOT_WANTED = "no longer wanted"
MOST_UNSURE = 3
"""How often a message that says nothing about a person may leave without anybody knowing."""
UNSURE_PAUSE = timedelta(minutes=1)
"""Before the last of them; the second follows at once, as after a worker that died."""


class Seen(NamedTuple):
    """What the other side shows of an effect."""

    evidence: str
    """In words, without a person in it."""
    closed: ClosedStep | None = None
    shared: SharedDocument | None = None


class LookedUpEffect(Protocol):
    """An effect that the other side can be asked about."""

    def look(self) -> Seen | None:
        """What the other side shows of it, or None where it has not happened."""

    def act(self) -> None:
        """Do it."""


@dataclass(frozen=True)
class Effects:
    """Carries out effects by the protocol, each exactly once as far as the other side lets us see."""

    book: EffectBook
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    unsure_pause: timedelta = UNSURE_PAUSE

    def carry_out(self, intent: Intent, effect: LookedUpEffect) -> EffectResult:
        """Do an effect that can be looked up.

        Raises:
            PassingError: try again later; the next attempt looks first.
            LastingError: a person has to put something right; nothing happened.
        """
        known = self.book.begin(intent)
        if known.result is not None:
            return known.result
        seen = effect.look()
        ended = Ended.FOUND_DONE
        if seen is None and intent.only_look:
            return self._stopped(intent, every=True)
        if seen is None:
            effect.act()
            seen, ended = effect.look(), Ended.DONE
        if seen is None:
            raise PassingError(f"{intent.effect.kind}: done, but not to be seen yet")
        return self._finish(intent, ended, seen)

    def send_once(
        self, intent: Intent, write: Callable[[], Mail], send: Callable[[Mail, datetime], str]
    ) -> EffectResult:
        """Send a message about a person, which nobody can look up: an attempt that ended unknown is never repeated.

        It is written only when it is about to be sent, so that names are asked for no earlier than needed.

        Raises:
            UnclearError: an earlier attempt, or this one, may have sent it.
            PassingError: nothing was sent; try again later.
            LastingError: the message was refused; nothing was sent.
        """
        known = self.book.begin(intent)
        if known.result is not None:
            return known.result
        if known.tried_before:
            raise UnclearError(f"{intent.effect.kind}: an earlier attempt ended without an answer")
        if intent.only_look:
            return self._stopped(intent)
        try:
            mail = write()
        except OutsideError:
            self.book.withdraw(intent)
            raise
        with self._nothing_left_behind(intent):
            evidence = send(mail, known.since)
        return self._finish(intent, Ended.DONE, Seen(evidence))

    def send_again_if_unsure(
        self, intent: Intent, send: Callable[[datetime], str], *, most: float = MOST_UNSURE
    ) -> EffectResult:
        """Send a message that says nothing about a person: when unsure it is sent again, under the same Message-ID.

        With the same date, too, by which mailboxes know it again. A server that never says what became of it, or a
        worker that dies whenever it sends, would have it delivered at every attempt: after ``most`` of them a person
        looks. They count whatever ended them, unless it is certain that nothing left.

        Raises:
            UnclearError: each of the attempts may have sent it.
            PassingError: try again later.
            LastingError: the message was refused; nothing was sent.
        """
        known = self.book.begin(intent)
        if known.result is not None:
            return known.result
        if intent.only_look:
            return self._stopped(intent, may_have_been_sent=known.tried_before)
        if known.unsure >= most:
            raise UnclearError(f"{intent.effect.kind}: {most} attempts ended without an answer")
        try:
            with self._nothing_left_behind(intent):
                evidence = send(known.since)
        except UnclearError as unclear:
            if known.unsure + 1 >= most:
                raise
            raise PassingError(str(unclear), retry_after=self.unsure_pause if known.tried_before else None) from unclear
        return self._finish(intent, Ended.DONE, Seen(evidence))

    def read(self, intent: Intent, look: Callable[[], dict[str, ChildRecord]]) -> EffectResult:
        """See what the other side holds; it changes nothing, so that nothing is noted and a repetition is harmless.

        Raises:
            PassingError: try again later.
            LastingError: a person has to put something right.
        """
        if intent.only_look:
            return EffectResult(effect=intent.effect, ended=Ended.STOPPED, evidence=NOT_WANTED, at=self.now())
        seen = look()
        return EffectResult(effect=intent.effect, ended=Ended.DONE, evidence="looked at", at=self.now(), records=seen)

    @contextmanager
    def _nothing_left_behind(self, intent: Intent) -> Iterator[None]:
        """Take the intent back where it is certain that nothing was sent; of what stops all mail, one effect asks."""
        try:
            yield
        except NothingHappenedError:
            self.book.withdraw(intent)
            raise
        except LastingError as error:
            self.book.withdraw(intent)
            if error.problem == MAIL_SETUP and not self.book.asks(MAIL_SETUP, intent):
                raise NothingHappenedError(str(error), known=error.known) from error
            raise

    def stopped(self, intent: Intent, evidence: str, records: dict[str, ChildRecord]) -> EffectResult:
        """What was seen right before the act stands against it: it has not happened, and does not for now."""
        self.book.withdraw(intent, every=True)
        return EffectResult(
            effect=intent.effect, ended=Ended.STOPPED, evidence=evidence, at=self.now(), records=records
        )

    def _stopped(self, intent: Intent, *, every: bool = False, may_have_been_sent: bool = False) -> EffectResult:
        """Take back ``every`` attempt where a look shows that none did it; of a mail only this one, which sent none."""
        self.book.withdraw(intent, every=every)
        return EffectResult(
            effect=intent.effect,
            ended=Ended.STOPPED,
            evidence=f"{NOT_WANTED}; it may have been sent before" if may_have_been_sent else NOT_WANTED,
            at=self.now(),
            may_have_been_sent=may_have_been_sent,
        )

    def _finish(self, intent: Intent, ended: Ended, seen: Seen) -> EffectResult:
        result = EffectResult(effect=intent.effect, ended=ended, at=self.now(), **seen._asdict())
        self.book.finish(intent, result)
        return result
