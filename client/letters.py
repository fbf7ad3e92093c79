"""Reading letters before they are approved, and again to be printed (SD-33a, SD-33b)."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from temporalio.service import RPCError, RPCStatusCode

from client.errors import NoSuchTransferError, NotKnownError
from client.transfers import QUESTION_TIMEOUT, Transfer, refuse_other_kinds
from models.journey.steps import Step
from models.step_down.reading import LettersAsked, LettersToRead, LetterToRead
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.steps.delivery import RecordDelivery
from workflows.step_down.transfer import StepDownTransfer


async def letters(handle: Transfer, *asked: Letter) -> LettersToRead:
    """These letters as they would leave now; without any, what was approved or sent, and whom nobody has written to.

    Raises:
        NoSuchTransferError: no transfer of this id is known to Temporal.
        NotKnownError: no answer came.
    """
    question = partial(handle.query, StepDownTransfer.letters, LettersAsked(letters=asked))
    refuse_other_kinds(handle)
    return await _asked(question)


async def letters_to_print(handle: Transfer) -> LettersToRead:
    """The letters that a person is to post or hand over now.

    Raises:
        NoSuchTransferError: no transfer of this id is known to Temporal.
        NotKnownError: no answer came.
    """
    refuse_other_kinds(handle)
    return await _asked(partial(handle.query, StepDownTransfer.letters_to_print))


async def _asked(question: Callable[..., Awaitable[LettersToRead]]) -> LettersToRead:
    try:
        return await question(rpc_timeout=QUESTION_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchTransferError from None
        raise NotKnownError("No answer came: ask again.") from None


async def as_read(handle: Transfer, step: Step) -> Step:
    """The approval, or the word of a delivery, with the number of each text that it leaves open.

    For what plays a case file by itself, in place of people: nobody has read these letters. Whoever types a step
    reads them first (``cli/reading.py``).
    """
    return with_numbers(step, await unread(handle, step))


async def unread(handle: Transfer, step: Step) -> tuple[LetterToRead, ...]:
    """The letters that this step is about and of which it does not say that they were read."""
    match step:
        case ApproveLetters():
            asked = tuple(letter for letter in step.letters if letter.written and letter.seen is None)
            return (await letters(handle, *asked)).letters if asked else ()
        case RecordDelivery():
            asked_for = {letter.letter_id for letter in step.letters if letter.seen is None}
            waiting = (await letters_to_print(handle)).letters if asked_for else ()
            return tuple(one for one in waiting if one.letter.letter_id in asked_for)
        case _:
            return ()


def with_numbers(step: Step, read: Iterable[LetterToRead]) -> Step:
    """The step with the number of each of these letters, where it leaves it open."""
    if not isinstance(step, ApproveLetters | RecordDelivery):
        return step
    numbers = {one.letter.letter_id: one.letter.seen for one in read}
    said = (one if one.seen else one.model_copy(update={"seen": numbers.get(one.letter_id)}) for one in step.letters)
    return step.model_copy(update={"letters": tuple(said)})
