"""Answers that are found once for the same facts."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast


class Remembers(Protocol):
    """Facts, which never change, with what was asked of them."""

    @property
    def answers_found(self) -> dict[tuple[Any, ...], Any]:
        """The answers, by what was asked."""


F = TypeVar("F", bound=Remembers)
P = ParamSpec("P")
R = TypeVar("R")


def remembered(asked: Callable[Concatenate[F, P], R]) -> Callable[Concatenate[F, P], R]:
    """Work out an answer once for the same facts: all of the rules ask again and again.

    A family of nine children would otherwise keep a workflow task so busy that Temporal takes it for stuck.
    """

    @wraps(asked)
    def answered(facts: F, *about: P.args, **named: P.kwargs) -> R:
        key = (asked, *about, *named.items())
        if key not in facts.answers_found:
            facts.answers_found[key] = asked(facts, *about, **named)
        answer: R = facts.answers_found[key]
        return answer

    return cast("Callable[Concatenate[F, P], R]", answered)
