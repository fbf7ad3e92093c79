"""Answers that are found once for the same facts."""

import inspect
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
NOT_YET = object()
"""In the place of an answer that was not found yet; None is one."""


def remembered(asked: Callable[Concatenate[F, P], R]) -> Callable[Concatenate[F, P], R]:
    """Work out an answer once for the same facts: all of the rules ask again and again.

    A family of nine children would otherwise keep a workflow task so busy that Temporal takes it for stuck.
    """

    @wraps(asked)
    def answered(facts: F, *about: P.args, **named: P.kwargs) -> R:
        found = facts.answers_found
        key = (asked, *about, *named.items()) if named else (asked, *about)
        answer = found.get(key, NOT_YET)
        if answer is NOT_YET:
            answer = found[key] = asked(facts, *about, **named)
        return cast("R", answer)

    return cast("Callable[Concatenate[F, P], R]", answered)


def still_so(asked: Callable[..., Any], before: F, facts: F, *about: Any) -> F:
    """The facts, with an answer that was found for those before, where nothing changed that it rests on.

    It must hold nothing of the facts themselves, and so none of their children: those would be the older ones.
    """
    key = (inspect.unwrap(asked), *about)
    if key in before.answers_found:
        facts.answers_found[key] = before.answers_found[key]
    return facts
