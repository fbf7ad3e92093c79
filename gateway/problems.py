"""What is answered where something is not done: problem+json (RFC 9457), in words for people, with the clause."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import Field

from models.journey.answers import Refusal
from models.vocabulary import Frozen
from models.wrong_input import Flaw

PROBLEM_JSON = "application/problem+json"
AGAIN_AFTER = "2"
"""Seconds after which somebody may ask again what could not be known."""


class Code(StrEnum):
    """Which kind of problem it is, for machines; ``type`` ends with it."""

    NOT_SIGNED_IN = "not_signed_in"
    NOT_IN_SCOPE = "not_in_scope"
    NOT_YOURS = "not_yours"
    NOT_FOR_YOU = "not_for_you"
    NOT_FOUND = "not_found"
    NO_SUCH_METHOD = "no_such_method"
    STEP_ID_REUSED = "step_id_reused"
    STARTED_BEFORE = "started_before"
    NOT_NOW = "not_allowed_now"
    WRONG_CONTENT = "wrong_content"
    LETTERS_UNREAD = "letters_unread"
    TOO_SLOW = "too_slow"
    TOO_LONG = "too_long"
    NO_JSON = "not_json"
    TOO_OFTEN = "too_often"
    BUSY = "busy"
    NOT_KNOWN = "not_known"

    @property
    def status(self) -> int:
        """Of the answer."""
        return STATUS[self]


STATUS = {
    Code.NOT_SIGNED_IN: 401,
    Code.NOT_IN_SCOPE: 403,
    Code.NOT_YOURS: 403,
    Code.NOT_FOR_YOU: 403,
    Code.NOT_FOUND: 404,
    Code.NO_SUCH_METHOD: 405,
    Code.STEP_ID_REUSED: 409,
    Code.STARTED_BEFORE: 409,
    Code.NOT_NOW: 409,
    Code.TOO_SLOW: 408,
    Code.TOO_LONG: 413,
    Code.NO_JSON: 415,
    Code.WRONG_CONTENT: 422,
    Code.LETTERS_UNREAD: 422,
    Code.TOO_OFTEN: 429,
    Code.BUSY: 503,
    Code.NOT_KNOWN: 503,
}
TITLES = {
    Code.NOT_SIGNED_IN: "Sign in first.",
    Code.NOT_IN_SCOPE: "This program may not do that for you.",
    Code.NOT_YOURS: "This is not open to you.",
    Code.NOT_FOR_YOU: "This is not yours to record.",
    Code.NOT_FOUND: "There is no such thing here.",
    Code.NO_SUCH_METHOD: "That cannot be done with this.",
    Code.STEP_ID_REUSED: "Something else was recorded under this number.",
    Code.STARTED_BEFORE: "Something else was started under this id.",
    Code.NOT_NOW: "This cannot be recorded now.",
    Code.TOO_SLOW: "This did not arrive in time.",
    Code.TOO_LONG: "This is too long.",
    Code.NO_JSON: "This is not JSON.",
    Code.WRONG_CONTENT: "Something in this is wrong or missing.",
    Code.LETTERS_UNREAD: "Read the letters first.",
    Code.TOO_OFTEN: "Too many requests at once.",
    Code.BUSY: "Too many are waiting at once.",
    Code.NOT_KNOWN: "It is not known whether this was done.",
}
AGAIN = "Send the very same again: what was done already is not done twice."
REUSED = "Something else was recorded under the same number before. Give this one another number."
BEFORE = (
    "This was not taken: something like it was recorded before, or what it corrects is not there. You do not see what "
    "others recorded here: ask whoever is responsible for the family."
)
UNTOLD = {"step_id": REUSED, "corrects": BEFORE}
"""What is said instead of who recorded what, by the field that is wrong."""
HEADERS = {
    Code.NOT_SIGNED_IN: {"www-authenticate": "Bearer"},
    Code.TOO_SLOW: {"connection": "close"},
    Code.TOO_LONG: {"connection": "close"},
    Code.TOO_OFTEN: {"retry-after": "1"},
    Code.BUSY: {"retry-after": AGAIN_AFTER},
    Code.NOT_KNOWN: {"retry-after": AGAIN_AFTER},
}


class Wrong(Frozen):
    """One thing that is wrong."""

    field: str
    """As machines name it: ``children.0.reason``; empty where it is the whole."""
    detail: str


class ProblemSaid(Frozen):
    """A problem as it is answered."""

    type: str
    title: str
    status: int
    detail: str
    """What is wrong, in a sentence for people."""
    code: Code
    field: str | None = None
    clause: str | None = None
    """The clause of the guidance that said no."""
    child: str | None = None
    may_correct: str | None = None
    """The ``step_id`` of what was recorded before, where the step is taken once it corrects that."""
    note: str | None = None
    """What is to be done all the same."""
    ring: str | None = None
    """Whom to ring, where a report of significant harm was not taken (SU-01)."""
    errors: tuple[Wrong, ...] = ()
    """Each thing that is wrong, where there are several."""
    letters: tuple[dict[str, Any], ...] = Field(default=())
    """The letters that nobody has read, each with its text and its number."""


class ProblemError(Exception):
    """What was asked is not done."""

    def __init__(self, code: Code, detail: str, **more: Any) -> None:
        """Take what is wrong in a sentence; and what of ``ProblemSaid`` there is more to say."""
        self.code, self.detail, self.more = code, detail, more
        super().__init__(detail)

    def said(self, **more: Any) -> ProblemSaid:
        """As it is answered."""
        return ProblemSaid(
            type=f"urn:early-help-transfers:{self.code.replace('_', '-')}",
            title=TITLES[self.code],
            status=self.code.status,
            detail=self.detail,
            code=self.code,
            **{**self.more, **more},
        )


def answer(problem: ProblemError, **more: Any) -> JSONResponse:
    """The problem as a response."""
    said = problem.said(**more)
    content = said.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return JSONResponse(content, status_code=said.status, headers=HEADERS.get(problem.code), media_type=PROBLEM_JSON)


def not_taken(refusal: Refusal) -> ProblemError:
    """A step that the journey refused: for whom, now, or as it is written."""
    more = {name: getattr(refusal, name) for name in ("field", "clause", "child", "may_correct", "note")}
    detail = f"Child {refusal.child}: {refusal.reason}" if refusal.child else refusal.reason
    return ProblemError(_code_of(refusal), detail, **more)


def not_taken_of_others(refusal: Refusal) -> ProblemError:
    """The same for somebody who sees nothing of the journey: they do not read what others recorded there."""
    untold = {"reason": words} if (words := UNTOLD.get(refusal.field)) is not None else {}
    return not_taken(refusal.model_copy(update={"may_correct": None, **untold}))


def not_taken_of_part(refusal: Refusal) -> ProblemError:
    """The same for somebody who sees a part: what stands under a number may be about what they do not see."""
    reused = {"reason": REUSED} if refusal.field == "step_id" else {}
    return not_taken(refusal.model_copy(update=reused))


def _code_of(refusal: Refusal) -> Code:
    if refusal.field.split(".")[0] in {"actor", "on_behalf_of"}:
        return Code.NOT_FOR_YOU
    if refusal.field == "step_id":
        return Code.STEP_ID_REUSED
    of_the_whole = refusal.field in {"", ".", "step", "corrects"} or refusal.may_correct is not None
    return Code.NOT_NOW if of_the_whole else Code.WRONG_CONTENT


def wrong_content(flaws: Iterable[Flaw]) -> ProblemError:
    """What was sent cannot be used; each thing that is wrong is named."""
    found = tuple(flaws)
    errors = tuple(Wrong(field=flaw.field, detail=flaw.words) for flaw in found)
    more = {"errors": errors} if len(errors) > 1 else {}
    return ProblemError(Code.WRONG_CONTENT, " ".join(flaw.words for flaw in found), field=found[0].field, **more)


def not_known(why: str = "No answer came in time.") -> ProblemError:
    """It may have happened, or not."""
    return ProblemError(Code.NOT_KNOWN, f"{why} {AGAIN}")
