"""Typed errors of the outside world, raised by adapters and read by the effect protocol."""

from datetime import timedelta


class OutsideError(Exception):
    """Something outside did not do what was asked; its text names references only, never a person."""


class PassingError(OutsideError):
    """May pass by itself: unavailable, too many requests, no answer. It may have happened or not: look."""

    def __init__(self, message: str, retry_after: timedelta | None = None, known: str = "") -> None:
        """Take a text without a person in it, and how long to wait before the next try.

        ``known`` is what helps whoever is told that it lasts, in plain words and references.
        """
        super().__init__(message)
        self.retry_after = retry_after
        self.known = known


class NothingHappenedError(PassingError):
    """May pass by itself, and it is certain that nothing happened."""


class LastingError(OutsideError):
    """Will not pass by itself: a person has to put something right. Nothing happened."""

    def __init__(self, problem: str, message: str, known: str = "") -> None:
        """Take the problem's code (a key of ``models.attention.PROBLEMS``) and a text without a person in it.

        ``known`` is what helps whoever puts it right, in plain words and references.
        """
        super().__init__(message)
        self.problem = problem
        self.known = known


class UnclearError(OutsideError):
    """It may have happened, nobody can look, and doing it twice would do harm."""


class StartRefusedError(Exception):
    """The transfer cannot start as asked; says why, and knows which field."""

    def __init__(self, field: str, reason: str) -> None:
        """Take the field of the start request, and the reason as a sentence."""
        super().__init__(reason)
        self.field = field
