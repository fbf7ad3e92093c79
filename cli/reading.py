"""Nobody is recorded as having read what they did not see: letters are shown first, and sent by their numbers."""

from collections.abc import Sequence

from client.errors import InputError
from client.letters import unread, with_numbers
from client.transfers import Transfer
from models.journey.steps import Step
from models.step_down.reading import LetterState, LettersToRead
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.delivery import RecordDelivery

READ_THEM = "Nothing is recorded yet. Read the letters above; if each of them may be sent like that, type: {again}"
COMPARE_THEM = (
    "Nothing is recorded yet. The letters above are those that wait to be posted or handed over; if these are the "
    "ones that were sent, type: {again}"
)
OTHER_NOW = "What you read is not what would be sent now, so the letters are shown again. "
OF_LETTERS = "--seen: goes with a step that approves letters, or says that they were posted or handed over"


class UnreadError(Exception):
    """Letters are to be read before the step is sent."""

    def __init__(self, letters: LettersToRead, words: str) -> None:
        """Take the letters, which are shown, and what is to be done then."""
        self.letters = letters
        super().__init__(words)


async def as_seen(handle: Transfer, step: Step, seen: Sequence[str], again: str) -> Step:
    """The step with the number of each letter, for whoever has read them and says so.

    Raises:
        UnreadError: letters have not been read; it shows them, with the command that sends the step then.
        InputError: numbers were given with a step that is about no letters.
    """
    if seen and not isinstance(step, ApproveLetters | RecordDelivery):
        raise InputError(OF_LETTERS)
    letters = await unread(handle, step)
    if any(one.letter.seen not in seen for one in letters if one.state is not LetterState.SENT):
        numbers = "".join(f" --seen {one.letter.seen}" for one in letters)
        words = READ_THEM if isinstance(step, ApproveLetters) else COMPARE_THEM
        other = OTHER_NOW if seen else ""
        raise UnreadError(LettersToRead(letters=letters), f"{other}{words.format(again=again + numbers)}")
    return with_numbers(step, letters)
