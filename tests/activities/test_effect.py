"""The one protocol of every effect: intent, look, act, look again, result."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from activities.effect import Effects, Seen
from models.effects import Effect, EffectResult, Ended, Intent
from models.errors import LastingError, NothingHappenedError, PassingError, UnclearError
from models.kinds import EffectKind
from models.mail import Mail
from tests.builders import NOW, intent
from tests.fakes import FakeBook


@dataclass
class FakeEffect:
    """Something on the other side, which writes down what was done in the order in which it was."""

    book: FakeBook
    there: bool = False
    act_raises: list[Exception] = field(default_factory=list)
    look_raises: list[Exception] = field(default_factory=list)
    loses_the_answer: bool = False
    is_seen_late: bool = False

    def look(self) -> Seen | None:
        self.book.written.append("look")
        if self.look_raises:
            raise self.look_raises.pop(0)
        return Seen("it is there") if self.there and not self.is_seen_late else None

    def act(self) -> None:
        self.book.written.append("act")
        if self.act_raises:
            raise self.act_raises.pop(0)
        self.there = True
        if self.loses_the_answer:
            self.loses_the_answer = False
            raise PassingError("no answer")


class FakeSend:
    """Sends, or fails as ordered; counts what was sent."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.sent = 0
        self.dates: list[object] = []

    def __call__(self, *said: object) -> str:
        self.dates.append(said[-1])
        if self.errors:
            raise self.errors.pop(0)
        self.sent += 1
        return "accepted"


class Writing:
    """Writes a message, or fails as ordered; counts how often somebody wrote."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.written = 0

    def __call__(self) -> Mail:
        self.written += 1
        if self.errors:
            raise self.errors.pop(0)
        return Mail("key", "transfer-1", "family@home.example", "What happens next", "Dear Ms Example")


@pytest.fixture
def book() -> FakeBook:
    return FakeBook()


@pytest.fixture
def effects(book: FakeBook) -> Effects:
    return Effects(book, now=lambda: NOW)


CLOSE = intent(Effect(kind=EffectKind.CLOSE_CHILD, child="child-a"))
LETTER = intent()


def test_an_effect_is_intended_looked_for_done_looked_for_again_and_written_down(
    effects: Effects, book: FakeBook
) -> None:
    done = effects.carry_out(CLOSE, FakeEffect(book))
    assert book.written == ["intent", "look", "act", "look", "result"]
    assert (done.ended, done.evidence, done.effect, done.at) == (Ended.DONE, "it is there", CLOSE.effect, NOW)
    assert book.results == {CLOSE.key: done}


def test_what_is_found_done_is_not_done_again(effects: Effects, book: FakeBook) -> None:
    assert effects.carry_out(CLOSE, FakeEffect(book, there=True)).ended is Ended.FOUND_DONE
    assert book.written == ["intent", "look", "result"]


def test_an_effect_whose_answer_was_lost_is_looked_for_and_not_done_twice(effects: Effects, book: FakeBook) -> None:
    effect = FakeEffect(book, loses_the_answer=True)
    with pytest.raises(PassingError):
        effects.carry_out(CLOSE, effect)
    assert effects.carry_out(CLOSE, effect).ended is Ended.FOUND_DONE
    assert book.written.count("act") == 1


def test_an_effect_that_did_not_happen_is_done_at_the_next_attempt(effects: Effects, book: FakeBook) -> None:
    effect = FakeEffect(book, act_raises=[NothingHappenedError("not reached")])
    with pytest.raises(NothingHappenedError):
        effects.carry_out(CLOSE, effect)
    assert effects.carry_out(CLOSE, effect).ended is Ended.DONE


def test_without_a_look_nothing_is_done(effects: Effects, book: FakeBook) -> None:
    effect = FakeEffect(book, look_raises=[PassingError("no answer")])
    with pytest.raises(PassingError):
        effects.carry_out(CLOSE, effect)
    assert "act" not in book.written


def test_what_is_done_and_not_seen_yet_is_looked_for_later(effects: Effects, book: FakeBook) -> None:
    effect = FakeEffect(book, is_seen_late=True)
    with pytest.raises(PassingError, match="close_child: done, but not to be seen yet"):
        effects.carry_out(CLOSE, effect)
    assert book.results == {}
    effect.is_seen_late = False
    assert effects.carry_out(CLOSE, effect).ended is Ended.FOUND_DONE


def test_an_effect_that_needs_a_person_is_left_undone(effects: Effects, book: FakeBook) -> None:
    with pytest.raises(LastingError):
        effects.carry_out(CLOSE, FakeEffect(book, act_raises=[LastingError("locked", "locked")]))
    assert book.results == {}


@pytest.mark.parametrize(
    "again",
    [
        lambda e, b: e.carry_out(CLOSE, FakeEffect(b)),
        lambda e, b: e.send_once(CLOSE, Writing(), FakeSend()),
        lambda e, b: e.send_again_if_unsure(CLOSE, FakeSend()),
    ],
    ids=["carry_out", "send_once", "send_again_if_unsure"],
)
def test_what_has_a_result_is_never_touched_again(
    effects: Effects, book: FakeBook, again: Callable[[Effects, FakeBook], object]
) -> None:
    first = effects.carry_out(CLOSE, FakeEffect(book))
    book.written.clear()
    assert again(effects, book) == first
    assert book.written == ["intent"]


def test_a_message_about_a_person_is_sent_once_and_written_down(effects: Effects, book: FakeBook) -> None:
    send = FakeSend()
    sent = effects.send_once(LETTER, Writing(), send)
    assert (sent.ended, sent.evidence) == (Ended.DONE, "accepted")
    assert effects.send_once(LETTER, Writing(), send) == sent
    assert send.sent == 1


def test_a_message_whose_sending_ended_unclear_is_never_sent_again(effects: Effects) -> None:
    send = FakeSend(UnclearError("no answer after the text"))
    for _ in range(3):
        with pytest.raises(UnclearError):
            effects.send_once(LETTER, Writing(), send)
    assert send.sent == 0


def test_a_message_of_a_worker_that_died_while_sending_is_never_sent_again(effects: Effects, book: FakeBook) -> None:
    book.begin(LETTER)
    send = FakeSend()
    with pytest.raises(UnclearError, match="send_letter: an earlier attempt ended without an answer"):
        effects.send_once(LETTER, Writing(), send)
    assert send.sent == 0


@pytest.mark.parametrize(
    "refusal", [LastingError("refused_address", "550"), NothingHappenedError("451")], ids=["refused", "put off"]
)
def test_a_message_that_certainly_was_not_sent_may_be_tried_again(
    effects: Effects, book: FakeBook, refusal: Exception
) -> None:
    send = FakeSend(refusal)
    with pytest.raises(type(refusal)):
        effects.send_once(LETTER, Writing(), send)
    assert book.written[-1] == "withdrawn"
    assert effects.send_once(LETTER, Writing(), send).ended is Ended.DONE
    assert send.sent == 1


def test_a_try_that_a_person_ordered_may_act_where_the_one_before_was_unclear(effects: Effects) -> None:
    send = FakeSend(UnclearError("no answer"))
    with pytest.raises(UnclearError):
        effects.send_once(LETTER, Writing(), send)
    assert effects.send_once(LETTER.model_copy(update={"go": 2}), Writing(), send).ended is Ended.DONE
    assert send.sent == 1


def test_a_try_that_a_person_ordered_and_that_ended_unclear_waits_for_a_person_again(effects: Effects) -> None:
    second = LETTER.model_copy(update={"go": 2})
    send = FakeSend(UnclearError("no answer"), UnclearError("no answer"))
    for asked in (LETTER, second, second):
        with pytest.raises(UnclearError):
            effects.send_once(asked, Writing(), send)
    assert send.sent == 0


def test_a_message_that_says_nothing_about_a_person_is_sent_again_when_unsure(effects: Effects) -> None:
    send = FakeSend(UnclearError("no answer"))
    with pytest.raises(PassingError) as error:
        effects.send_again_if_unsure(LETTER, send)
    assert not isinstance(error.value, NothingHappenedError)
    assert effects.send_again_if_unsure(LETTER, send).ended is Ended.DONE
    assert send.sent == 1


@pytest.mark.parametrize("errors", [(), (NothingHappenedError("no connection"),)], ids=["unsure", "and put off"])
def test_a_message_whose_fate_stays_unsure_leaves_three_times_and_then_a_person_looks(
    effects: Effects, errors: tuple[Exception, ...]
) -> None:
    send = FakeSend(UnclearError("no answer"), *errors, UnclearError("no answer"), UnclearError("no answer"))
    for pause in (None, *(None for _ in errors), timedelta(minutes=1)):
        with pytest.raises(PassingError) as error:
            effects.send_again_if_unsure(LETTER, send)
        assert error.value.retry_after == pause
    with pytest.raises(UnclearError):
        effects.send_again_if_unsure(LETTER, send)
    assert effects.send_again_if_unsure(LETTER.model_copy(update={"go": 2}), send).ended is Ended.DONE


class DyingSend(FakeSend):
    """Sends, and the worker dies before it can say so."""

    def __call__(self, *said: object) -> str:
        super().__call__(*said)
        raise TimeoutError("the attempt ended while sending")


def test_a_message_leaves_three_times_at_most_whatever_ended_the_attempts(effects: Effects) -> None:
    send, ended = DyingSend(), []
    for _ in range(5):
        with pytest.raises((TimeoutError, UnclearError)) as error:
            effects.send_again_if_unsure(LETTER, send)
        ended.append(error.type)
    assert (send.sent, ended) == (3, [TimeoutError] * 3 + [UnclearError] * 2)
    assert str(error.value) == "send_letter: 3 attempts ended without an answer"
    assert effects.send_again_if_unsure(LETTER.model_copy(update={"go": 2}), FakeSend()).ended is Ended.DONE


@pytest.mark.parametrize("by", ["send_once", "send_again_if_unsure"])
def test_what_may_have_left_keeps_its_date_however_often_it_is_sent(effects: Effects, by: str) -> None:
    send = FakeSend(UnclearError("no answer"), LastingError("refused_message", "554"))
    for go in (1, 2, 3):
        wanted = LETTER.model_copy(update={"go": go})
        with suppress(PassingError, UnclearError, LastingError):
            if by == "send_once":
                effects.send_once(wanted, Writing(), send)
            else:
                effects.send_again_if_unsure(wanted, send)
    assert (len(send.dates), len(set(send.dates[:2]))) == (3, 1)


def test_one_effect_asks_for_all_about_what_stops_all_mail_and_the_others_try_on(effects: Effects) -> None:
    other = LETTER.model_copy(update={"transfer_id": "transfer-2"})
    refused = LastingError("mail_setup", "554 5.7.1", "The mail server answered 554 5.7.1.")
    with pytest.raises(LastingError):
        effects.send_once(LETTER, Writing(), FakeSend(refused))
    with pytest.raises(NothingHappenedError) as error:
        effects.send_again_if_unsure(other, FakeSend(refused))
    assert error.value.known == refused.known
    assert effects.send_once(other, Writing(), FakeSend()).ended is Ended.DONE


def test_a_refused_address_concerns_its_own_transfer_and_each_asks(effects: Effects) -> None:
    for transfer in ("transfer-1", "transfer-2"):
        wanted = LETTER.model_copy(update={"transfer_id": transfer})
        with pytest.raises(LastingError):
            effects.send_once(wanted, Writing(), FakeSend(LastingError("refused_address", "550")))


def test_a_message_is_written_only_when_it_is_about_to_be_sent(effects: Effects) -> None:
    write, send = Writing(), FakeSend()
    effects.send_once(LETTER, write, send)
    effects.send_once(LETTER, write, send)
    assert (write.written, send.sent) == (1, 1)


def test_a_message_that_may_have_been_sent_is_not_even_written_again(effects: Effects, book: FakeBook) -> None:
    book.begin(LETTER)
    write = Writing()
    with pytest.raises(UnclearError):
        effects.send_once(LETTER, write, FakeSend())
    assert write.written == 0


@pytest.mark.parametrize(
    "trouble",
    [PassingError("no answer"), NothingHappenedError("not reached"), LastingError("not_found", "unknown")],
    ids=lambda error: type(error).__name__,
)
def test_a_message_that_could_not_be_written_was_not_sent_and_may_be_tried_again(
    effects: Effects, book: FakeBook, trouble: Exception
) -> None:
    write, send = Writing(trouble), FakeSend()
    with pytest.raises(type(trouble)):
        effects.send_once(LETTER, write, send)
    assert book.written == ["intent", "withdrawn"]
    assert send.sent == 0
    assert effects.send_once(LETTER, write, send).ended is Ended.DONE


def only_look(wanted: Intent) -> Intent:
    return wanted.model_copy(update={"only_look": True})


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    "again",
    [
        lambda e, b, send: e.carry_out(only_look(CLOSE), FakeEffect(b)),
        lambda e, b, send: e.send_once(only_look(CLOSE), Writing(LastingError("not_found", "unknown")), send),
        lambda e, b, send: e.send_again_if_unsure(only_look(CLOSE), send),
    ],
    ids=["carry_out", "send_once", "send_again_if_unsure"],
)
def test_what_is_no_longer_wanted_and_did_not_happen_is_stopped_and_may_be_begun_again(
    effects: Effects, book: FakeBook, again: Callable[[Effects, FakeBook, FakeSend], EffectResult]
) -> None:
    send = FakeSend()
    stopped = again(effects, book, send)
    assert (stopped.ended, stopped.evidence, stopped.effect, stopped.at) == (
        Ended.STOPPED,
        "no longer wanted",
        CLOSE.effect,
        NOW,
    )
    assert (book.results, send.sent) == ({}, 0)
    assert "act" not in book.written
    assert book.written[-1] == "withdrawn"
    assert not book.begin(CLOSE).tried_before


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    "stop",
    [
        lambda e, b: e.carry_out(only_look(CLOSE), FakeEffect(b)),
        lambda e, b: e.stopped(CLOSE, "not closed: something keeps the child open", {}),
    ],
    ids=["no longer wanted", "what was seen stands against it"],
)
def test_what_was_looked_for_and_stopped_has_happened_at_none_of_the_attempts_before(
    effects: Effects, book: FakeBook, stop: Callable[[Effects, FakeBook], EffectResult]
) -> None:
    for _ in range(2):
        with pytest.raises(PassingError):
            effects.carry_out(CLOSE, FakeEffect(book, act_raises=[PassingError("no answer")]))
    assert stop(effects, book).ended is Ended.STOPPED
    assert not book.begin(CLOSE).tried_before


@pytest.mark.clause("SD-09a")
def test_a_message_that_is_stopped_may_still_have_been_sent_by_the_attempts_before(
    effects: Effects, book: FakeBook
) -> None:
    for _ in range(2):
        book.begin(LETTER)
    assert effects.send_again_if_unsure(only_look(LETTER), FakeSend()).ended is Ended.STOPPED
    assert book.begin(LETTER).unsure == 2


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    ("troubles", "may_have_been_sent"),
    [
        ((UnclearError("no answer"),), True),
        ((UnclearError("no answer"), NothingHappenedError("451")), True),
        ((UnclearError("no answer"), LastingError("refused_address", "550")), True),
        ((NothingHappenedError("451"),), False),
        ((LastingError("refused_address", "550"),), False),
        ((), False),
    ],
    ids=["unclear", "unclear, then put off", "unclear, then refused", "put off", "refused", "never tried"],
)
def test_what_is_stopped_says_whether_it_may_have_been_sent(
    effects: Effects, troubles: tuple[Exception, ...], *, may_have_been_sent: bool
) -> None:
    send = FakeSend(*troubles)
    for _ in troubles:
        with pytest.raises((PassingError, LastingError)):
            effects.send_again_if_unsure(LETTER, send)
    stopped = effects.send_again_if_unsure(only_look(LETTER), send)
    assert (stopped.ended, stopped.may_have_been_sent) == (Ended.STOPPED, may_have_been_sent)
    assert ("it may have been sent" in stopped.evidence) is may_have_been_sent


def test_a_stopped_effect_of_an_old_history_does_not_say_that_it_may_have_been_sent() -> None:
    old = EffectResult(effect=LETTER.effect, ended=Ended.STOPPED, evidence="no longer wanted", at=NOW)
    said = {name: value for name, value in old.model_dump(mode="json").items() if name != "may_have_been_sent"}
    assert not EffectResult.model_validate(said).may_have_been_sent


@pytest.mark.clause("SD-09a")
def test_what_is_no_longer_wanted_and_had_happened_is_found_done(effects: Effects, book: FakeBook) -> None:
    assert effects.carry_out(only_look(CLOSE), FakeEffect(book, there=True)).ended is Ended.FOUND_DONE
    assert book.results[CLOSE.key].ended is Ended.FOUND_DONE


@pytest.mark.clause("SD-09a")
def test_a_message_that_is_no_longer_wanted_and_may_have_been_sent_waits_for_a_person(
    effects: Effects, book: FakeBook
) -> None:
    book.begin(LETTER)
    with pytest.raises(UnclearError):
        effects.send_once(only_look(LETTER), Writing(), FakeSend())
    assert "withdrawn" not in book.written


@pytest.mark.clause("SD-09a")
def test_what_is_no_longer_wanted_and_has_a_result_keeps_it(effects: Effects) -> None:
    done = effects.send_once(LETTER, Writing(), FakeSend())
    assert effects.send_once(only_look(LETTER), Writing(), FakeSend()) == done


def test_the_key_of_an_effect_is_made_of_transfer_and_effect_and_not_of_the_try() -> None:
    assert LETTER.key == "transfer-1/send_letter/letter-1"
    assert LETTER.model_copy(update={"go": 2, "only_look": True}).key == LETTER.key
