"""Reading letters before they are approved, and again to be printed (SD-33a, SD-33b)."""

from temporalio.service import RPCError

from client.errors import NotKnownError
from client.transfers import QUESTION_TIMEOUT, Transfer
from models.journey.steps import Step
from models.step_down.reading import LettersAsked, LettersToRead
from models.step_down.steps.confirmation import ApproveLetters, Letter, RecordDelivery
from workflows.step_down.transfer import StepDownTransfer


async def letters(handle: Transfer, *asked: Letter) -> LettersToRead:
    """These letters as they would leave now; without any, one to everybody of the family who may be written to.

    Raises:
        NotKnownError: no answer came.
    """
    try:
        return await handle.query(StepDownTransfer.letters, LettersAsked(letters=asked), rpc_timeout=QUESTION_TIMEOUT)
    except RPCError:
        raise NotKnownError("No answer came: ask again.") from None


async def letters_to_print(handle: Transfer) -> LettersToRead:
    """The letters that a person is to post or hand over now.

    Raises:
        NotKnownError: no answer came.
    """
    try:
        return await handle.query(StepDownTransfer.letters_to_print, rpc_timeout=QUESTION_TIMEOUT)
    except RPCError:
        raise NotKnownError("No answer came: ask again.") from None


async def as_read(handle: Transfer, step: Step) -> Step:
    """The approval, or the word of a delivery, with the digest of each text, as somebody gives it who has read them.

    For those who play a case file, which cannot know the digests beforehand; nobody else has read the letters for a
    social worker.
    """
    if isinstance(step, RecordDelivery):
        return await _as_printed(handle, step)
    if not isinstance(step, ApproveLetters):
        return step
    read = (await letters(handle, *step.letters)).letters
    seen = (said if said.seen else found.letter for said, found in zip(step.letters, read, strict=True))
    return step.model_copy(update={"letters": tuple(seen)})


async def _as_printed(handle: Transfer, step: RecordDelivery) -> RecordDelivery:
    printed = {one.letter.letter_id: one.letter.seen for one in (await letters_to_print(handle)).letters}
    seen = (said.model_copy(update={"seen": said.seen or printed.get(said.letter_id)}) for said in step.letters)
    return step.model_copy(update={"letters": tuple(seen)})
