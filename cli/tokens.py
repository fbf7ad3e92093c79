"""The command that makes a token: with it somebody of the rehearsal signs in to the gateway."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from adapters.local_issuer import RehearsalIssuer, TokenSettings
from adapters.oidc import CASEWORK, OPERATIONS, RESTRICTED
from cli.wiring import directory, find_transfers
from client.errors import InputError
from models.access import Scope
from models.people import Person
from models.vocabulary import Role

READING = (OPERATIONS, CASEWORK, RESTRICTED)
"""What may be read of journeys that are not one's own."""
OF_OTHERS = (Scope.READ, Scope.RECORD, Scope.START)
OF_OPERATIONS = tuple(scope for scope in Scope if scope is not Scope.START)
SCOPES = tuple(scope.value for scope in Scope)
ROLES = (*(role.value for role in Role), *READING)


def token(
    person: Annotated[str, typer.Argument(help="Who signs in: the reference by which transfers name them, as sw-17.")],
    *,
    role: Annotated[
        list[str] | None,
        typer.Option(help=f"In which role, one or more of: {', '.join(ROLES)}. As the directory says, where none is."),
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option(help="For which team or service. As the directory says, where none is.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"For what, one or more of: {', '.join(SCOPES)}. What the roles need, where none is said."),
    ] = None,
    minutes: Annotated[int, typer.Option(min=1, max=24 * 60, help="For how long it holds.")] = 60,
) -> None:
    """Print a token with which somebody of the rehearsal signs in to the gateway.

    Nothing else is printed: curl -H "Authorization: Bearer $(transfers token sw-17)" ...
    """
    if find_transfers() is None:
        raise InputError(
            "A token is made in a rehearsal only. Elsewhere people sign in where the council has them do so: "
            "TRANSFERS_OIDC_ISSUER."
        )
    said = tuple(role or ())
    _refuse_others("role", said, ROLES)
    _refuse_others("scope", scope or (), SCOPES)
    known = next((one for one in directory().people() if one.ref == person), None)
    acts_as = tuple(one for one in said if one not in READING) or _in_directory(person, known)
    reads = tuple(one for one in said if one in READING) or _reads(acts_as)
    made = RehearsalIssuer.read(TokenSettings().key).token(
        person,
        roles=(*acts_as, *reads),
        teams=team or (known.teams if known else ()),
        scopes=scope or _needed(acts_as),
        at=datetime.now(UTC),
        minutes=minutes,
    )
    typer.echo(made)


def _refuse_others(option: str, said: Iterable[str], known: tuple[str, ...]) -> None:
    for one in said:
        if one not in known:
            raise InputError(f"--{option}: {one} is none of {', '.join(known)}.")


def _in_directory(ref: str, known: Person | None) -> tuple[str, ...]:
    if known is None or not known.roles:
        raise InputError(f"--role: the directory of people does not say in which role {ref} acts: say it here.")
    return tuple(one.value for one in known.roles)


def _reads(roles: tuple[str, ...]) -> tuple[str, ...]:
    return (OPERATIONS,) if Role.OPERATIONS in roles else (CASEWORK,)


def _needed(roles: tuple[str, ...]) -> tuple[str, ...]:
    return OF_OPERATIONS if Role.OPERATIONS in roles else OF_OTHERS
