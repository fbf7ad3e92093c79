"""What keeps something from being started or sent, in words for whoever asked for it."""

from typing import TYPE_CHECKING

from models.errors import OutsideError

if TYPE_CHECKING:
    from models.journey.answers import Refusal
    from models.wrong_input import Flaw

NO_SUCH_TRANSFER = (
    "No transfer of this id is known: it was never started, or ended long ago. `transfers list --all` shows them "
    "all, and `transfers show` with the id how one ended."
)


class InputError(Exception):
    """What a person gave us cannot be used, and nothing was started; the text is a sentence for each thing wrong."""

    def __init__(self, *wrong: "Flaw | str", refusal: "Refusal | None" = None) -> None:
        """Take what is wrong, with the field where it is one; and the refusal of a step, where it is that."""
        # Here, and not above: who only says what went wrong with a command does not wait for what reads steps.
        from models.wrong_input import Flaw  # noqa: PLC0415 (see above)

        self.flaws = tuple(Flaw.of("", one) if isinstance(one, str) else one for one in wrong)
        self.refusal = refusal
        super().__init__("\n".join(flaw.words for flaw in self.flaws))


class StartedBeforeError(InputError):
    """Something was started under this id before."""

    def __init__(self, noun: str, journey_id: str, reported: str = "") -> None:
        """Say what, and what became of a risk of significant harm that stands in this start."""
        # As above.
        from models.wrong_input import Flaw  # noqa: PLC0415

        super().__init__(Flaw.of("id", f"A {noun} {journey_id} was started before.{reported}"))


class NotKnownError(Exception):
    """No answer came; the step may have been taken or not, and can be sent again under its ``step_id``."""


class NoSuchTransferError(InputError):
    """No transfer of this id runs, or ended a short while ago."""

    def __init__(self) -> None:
        """In words for whoever typed it."""
        super().__init__(NO_SUCH_TRANSFER)


class NotComparedError(OutsideError):
    """The comparison could not be made."""
