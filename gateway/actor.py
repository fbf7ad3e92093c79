"""Who acts: the person whom the token names, in a role and for a team of theirs. Nobody acts for somebody else."""

import re
from hashlib import sha256
from typing import Any

from gateway.problems import Code, ProblemError
from models.access import Caller
from models.journey.steps import EVERYBODY, Step
from models.vocabulary import REF_PATTERN, Role

NO_REF = "by-token-"
"""So begins the reference of somebody whom their token names otherwise: the rest is the same for the same name."""
NAMED_OTHERWISE = (
    "Your sign-in names you by no reference, such as sw-17, under which something could be recorded: have whoever runs "
    "it put that right. A risk of significant harm is taken all the same."
)
NO_ROLE = "Your sign-in gives you no role in which something can be recorded."


def acting(caller: Caller, kind: type[Step], said: object) -> dict[str, Any]:
    """The actor of a step of this kind, as the token has them; ``said`` is what the body says of it, if anything.

    Raises:
        ProblemError: the body names somebody else, a role or a team that is not theirs; or it has to say which.
    """
    given = said if isinstance(said, dict) else {}
    if said is not None and not isinstance(said, dict):
        raise ProblemError(Code.WRONG_CONTENT, "The actor is not a group of fields.", field="actor")
    _same(given, "id", {caller.who}, "Who acts is whoever is signed in: leave out the actor, or name yourself.")
    _same(given, "role", {role.value for role in caller.roles}, "Your sign-in does not give you this role.")
    _same(given, "team", {*caller.teams, None}, "Your sign-in does not say that you belong to this team.")
    role = given.get("role") or _role(caller, kind)
    teams = [team for team in caller.teams if _is_ref(team)]
    team = given.get("team") or (teams[0] if len(teams) == 1 else None)
    return {**given, "id": _id(caller, kind), "role": role, "team": team}


def _is_ref(name: str) -> bool:
    return re.fullmatch(REF_PATTERN, name) is not None


def _id(caller: Caller, kind: type[Step]) -> str:
    """The reference of whoever acts; what anybody may record, as harm, is taken of whomever the token names otherwise.

    Raises:
        ProblemError: they are named by no reference.
    """
    if _is_ref(caller.who):
        return caller.who
    if kind.recorded_by == EVERYBODY:
        return f"{NO_REF}{sha256(caller.who.encode()).hexdigest()[:20]}"
    raise ProblemError(Code.NOT_FOR_YOU, NAMED_OTHERWISE, field="actor.id")


def _same(given: dict[str, Any], field: str, theirs: set[Any], words: str) -> None:
    if field in given and given[field] not in [*theirs]:
        raise ProblemError(Code.NOT_FOR_YOU, words, field=f"actor.{field}")


def _role(caller: Caller, kind: type[Step]) -> str:
    """The one role of theirs, or the one in which this may be recorded.

    Raises:
        ProblemError: there is none, or there are several.
    """
    if kind.recorded_by == EVERYBODY:
        # Whoever reports harm is not kept from it by a question.
        return min(caller.roles, default=Role.REFERRER).value
    if not caller.roles:
        raise ProblemError(Code.NOT_FOR_YOU, NO_ROLE, field="actor.role")
    chosen = caller.roles if len(caller.roles) == 1 else caller.roles & kind.recorded_by or caller.roles
    if len(chosen) > 1:
        words = ", ".join(sorted(role.value for role in chosen))
        raise ProblemError(
            Code.WRONG_CONTENT, f"Say in which role you act, as actor.role: {words}.", field="actor.role"
        )
    return min(chosen).value
