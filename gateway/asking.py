"""Who asks, and what they may see: asked before anything is answered, and noted."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, NoReturn

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from adapters.oidc import NotSignedInError
from client.journeys import Kind
from client.transfers import is_known, transfer
from gateway.bodies import sent_of_harm
from gateway.house import House
from gateway.limits import SLOWER
from gateway.problems import Code, ProblemError
from gateway.waiting import SILENT, in_time
from models.access import NOTHING, Caller, Part, Privacy, Scope, View, view
from models.journey.status import Status
from models.journey.steps import EVERYBODY, Step, step_name
from models.operations.shown_to import shown_to
from models.vocabulary import OF_A_SERVICE, Role

UNSIGNED = "Nobody is signed in: a program sends the token of whoever is in the header Authorization: Bearer …"
NO_SCOPE = "The program that you use may not do this for you: its token lacks the scope {scope}."
NOT_YOURS = (
    "You may not see this one: it is another team's, nobody has agreed that you see its children, or only named people "
    "may. That you asked is noted."
)
ONLY_A_PART = "You see only a part of this one, and this tells of all of it."
NOTHING_RECORDED = "You may not see this one, and so record nothing in it."
ONLY_READS = (
    "This is another team's: you may read it, and record nothing in it in this role. Who is responsible for it records "
    "this. A risk of significant harm is taken from anybody."
)
OTHER_CHILDREN = "This names a child whom nobody has agreed that you see: record the others by themselves."
OF_THE_COUNCIL = frozenset(
    {Role.CONFERENCE_MANAGER, Role.TARGETED_SERVICES_LEADER, Role.HEAD_OF_SERVICE, Role.DUTY_AND_ADVICE}
    | {Role.EMERGENCY_DUTY_TEAM, Role.SAFEGUARDING_LEAD, Role.CHAIR}
)
"""Who has one of these roles has it for every team."""
SEND_A_REPORT = (
    "The risk of significant harm that this speaks of was not recorded. Ring now; then record a report of significant "
    "harm about the child, which is taken from anybody."
)
JUST_STARTED = "It has just been started, and cannot be shown yet: ask again in a moment."


def asks(house: House, scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """Whoever is signed in, in a program that may do this.

    Each route that is not open to all depends on it: without a token, or with one that does not hold, nobody comes in.
    """

    async def caller(request: Request) -> Caller:
        found = request.state.caller = await _signed_in(house, request)
        if house.limits.is_spent(found.who):
            if not await sent_of_harm(request):
                raise ProblemError(Code.TOO_OFTEN, SLOWER)
            await house.limits.hold_up(found.who)
        if scope not in found.scopes:
            raise ProblemError(Code.NOT_IN_SCOPE, NO_SCOPE.format(scope=scope.value))
        return found

    caller.scope = scope  # type: ignore[attr-defined] # a test reads it from each route
    return caller


async def still_signed_in(house: House, request: Request) -> Caller:
    """Whom the token names by now; it may have ended while they waited.

    Raises:
        NotSignedInError: it does not hold any more.
    """
    return await run_in_threadpool(house.caller, _token(request))


async def _signed_in(house: House, request: Request) -> Caller:
    """Whom the token names.

    Raises:
        ProblemError: there is none; or of this address there are too many who do not sign in.
        NotSignedInError: it does not hold.
    """
    try:
        return await house.signed_in.caller(_token(request))
    except (ProblemError, NotSignedInError):
        # Whoever reports harm reads that they are to sign in, and whom to ring, however often.
        if not await sent_of_harm(request):
            house.limits.stranger(request.client.host if request.client is not None else "")
        raise


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise ProblemError(Code.NOT_SIGNED_IN, UNSIGNED)
    return token.strip()


class Found(NamedTuple):
    """A journey, and what the caller sees of it."""

    status: Status
    view: View
    version: int
    """How often it was shown anew."""


async def found(house: House, kind: Kind, journey_id: str, caller: Caller) -> Found:
    """The journey as the register shows it; whoever sees nothing of it still finds it here.

    Raises:
        ProblemError: there is none of this kind; or it has just been started, and is not shown yet.
    """
    one = await house.looked(_look, house, kind, journey_id, caller)
    return one if one is not None else await _missing(house, kind, journey_id)


def _look(house: House, kind: Kind, journey_id: str, caller: Caller) -> Found | None:
    """None where the register knows nothing of it."""
    one = house.readings.look(journey_id)
    if one is None:
        return None
    if one.status is None or one.status.journey != kind.name:
        raise _no_such(kind)
    return Found(one.status, view(caller, one.about), one.version)


async def _missing(house: House, kind: Kind, journey_id: str) -> NoReturn:
    """Say whether it has just been started.

    Raises:
        ProblemError: there is none; or it is not shown yet.
    """
    async with in_time(house.answered_within):
        started = await is_known(transfer(house.client, journey_id, kind.name))
    raise ProblemError(Code.NOT_KNOWN, JUST_STARTED) if started else _no_such(kind)


def _no_such(kind: Kind) -> ProblemError:
    return ProblemError(Code.NOT_FOUND, f"There is no {kind.name.noun} of this id.")


async def found_if_it_answers(
    house: House, kind: Kind, journey_id: str, caller: Caller
) -> tuple[Status | None, View, int | None]:
    """The same for what anybody may record, as harm: it waits for no register, and then they see nothing of it.

    Raises:
        ProblemError: there is none of this kind.
    """
    try:
        return await found(house, kind, journey_id, caller)
    except SILENT:
        return None, NOTHING, None
    except ProblemError as error:
        if error.code is not Code.NOT_KNOWN:
            raise
        return None, NOTHING, None


async def refuse_what_is_not_theirs(
    house: House, caller: Caller, journey_id: str, one: tuple[Status | None, View], said: Step
) -> None:
    """Check that the step may come from them; whether it may be recorded, the journey says. That they asked is noted.

    Raises:
        ProblemError: it is another team's, or names a child whom they may not see.
    """
    status, seen = one
    # Of what most people record nothing has to be looked up, and a thread would take time.
    of_service = said.actor.role in OF_A_SERVICE and not seen.is_theirs and _of_part(said)
    may = await run_in_threadpool(_answers_for, house, caller, status) if of_service else _may_record(seen, said)
    if may:
        if seen.part is not Part.THESE_CHILDREN or not _of_part(said) or {*said.children_named()} <= seen.children:
            return
        refused = ProblemError(Code.NOT_YOURS, OTHER_CHILDREN, field="children", **_though_harm(said))
    else:
        words = NOTHING_RECORDED if seen.part is Part.NOTHING else ONLY_READS
        refused = ProblemError(Code.NOT_YOURS, words, **_though_harm(said))
    told = f"refused over the API: {step_name(type(said))}"
    await run_in_threadpool(house.noting.audit_read, journey_id, caller.who, told)
    raise refused


def _though_harm(said: Step) -> dict[str, str]:
    """SU-01: what says that a child is in danger, and is not taken here, is said in a report, which is."""
    return {"note": SEND_A_REPORT} if said.speaks_of_harm else {}


def _of_part(said: Step) -> bool:
    """Not what comes from anybody, as harm does, nor what counts by the role of who says it."""
    return type(said).recorded_by != EVERYBODY and not said.counts_by_role


def _may_record(seen: View, said: Step) -> bool:
    """Whether they are somebody of whom it is taken; whoever can only read the journey records nothing in it.

    Harm, and what counts by the role of who says it, comes from whoever has the journey's id; so does what an office of
    the whole council does, and what brings a team of social work into it.
    """
    if seen.is_theirs or not _of_part(said) or type(said).brings_team:
        return True
    role = said.actor.role
    return role in OF_THE_COUNCIL or (role is Role.OPERATIONS and seen.reads(Privacy.PLAIN))


def _answers_for(house: House, caller: Caller, status: Status | None) -> bool:
    """They are of the service to which it goes, which answers though nobody agrees any more that it sees a child."""
    service = house.directory.service(status.service_ref) if status is not None else None
    return service is not None and bool({service.ref, service.mosaic_team} & caller.teams)


async def read(  # noqa: PLR0913 (who reads what, of which, and how private that is)
    house: House, kind: Kind, journey_id: str, caller: Caller, what: str, *, of_all: Privacy | None = None
) -> Found:
    """As much of it as the caller sees, which is noted before they do.

    What tells of the whole family (``of_all``) is read by whoever reads what is of this class.

    Raises:
        ProblemError: there is none, or they see nothing of it, or not of the whole family.
    """

    def noted() -> Found | None:
        """All of it on one thread: to change between threads takes longer than most of what is done there."""
        one = _look(house, kind, journey_id, caller)
        if one is None:
            return None
        refused = one.view.part is Part.NOTHING or (of_all is not None and not one.view.reads(of_all))
        told = f"{'refused' if refused else 'read'} over the API: {what}"
        house.noting.audit_read(journey_id, caller.who, told)
        if refused:
            raise ProblemError(Code.NOT_YOURS, NOT_YOURS if one.view.part is Part.NOTHING else ONLY_A_PART)
        return one._replace(status=shown_to(one.status, one.view))

    one = await run_in_threadpool(noted)
    return one if one is not None else await _missing(house, kind, journey_id)
