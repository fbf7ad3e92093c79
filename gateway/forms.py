"""The step to be filled in, for whoever asks for it: with all that is known, as far as they may see that."""

from collections.abc import Collection
from typing import Any

from gateway.actor import acting
from gateway.problems import Code, ProblemError
from models.access import Caller
from models.journey.steps import Step

SAID_BY_TOKEN = ("step", "actor")
CHILDREN = "children"


def form(kind: type[Step], content: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """The step with what is known; empty is what they have to say, also when it happened.

    Who acts is whoever is signed in, and not whom the journey would expect: they say at most in which role.
    """
    rest = {name: part for name, part in content.items() if name not in SAID_BY_TOKEN}
    return {"step": content["step"], "occurred_at": None, **_role_to_say(kind, caller), **rest}


def without_what_is_known(content: dict[str, Any], children: Collection[str]) -> dict[str, Any]:
    """The fields of a step alone, with these children; for whoever does not see the whole journey."""
    return {
        "step": content["step"],
        **{name: _empty(name, part, children) for name, part in content.items() if name != "step"},
    }


def _empty(name: str, part: Any, children: Collection[str]) -> Any:
    if isinstance(part, dict):
        return {inner: _empty(inner, value, children) for inner, value in part.items()}
    if name == CHILDREN and isinstance(part, list | tuple):
        theirs = (one for one in part if isinstance(one, dict) and one.get("ref") in children)
        return [{**_empty("", one, children), "ref": one["ref"]} for one in theirs]
    return None


def _role_to_say(kind: type[Step], caller: Caller) -> dict[str, Any]:
    try:
        acting(caller, kind, None)
    except ProblemError as error:
        return {"actor": {"role": None}} if error.code is Code.WRONG_CONTENT else {}
    return {}
