"""Who may act by their role in a transfer, and when the directory of people is asked anew (SD-23b)."""

from collections.abc import Callable
from datetime import date, datetime

from models.effects import Effect
from models.journey.facts import Facts
from models.journey.start import StartInSocialWork
from models.journey.steps import Reassign, Step
from models.kinds import BY_ROLE, EffectKind
from models.people import Lack, covers_of, lack
from models.vocabulary import LONDON, Actor, Role

OF_SOCIAL_WORK = frozenset({Role.SOCIAL_WORKER, Role.DUTY_SOCIAL_WORKER, Role.TEAM_MANAGER, Role.BUSINESS_SUPPORT})
NOT_IN_DIRECTORY = ", whom the directory of people does not have in this team"


def who_recorded(facts: Facts, step: Step) -> str:
    """Who recorded it, and for whom, with names: ``team manager Jo Sample (tm-3)``; another team is named, too."""
    people = (step.actor, step.on_behalf_of)
    return " for ".join(_told(facts, one) for one in people if one is not None)


def _told(facts: Facts, one: Actor) -> str:
    team = "" if one.team in {None, facts.social_work_team} else f" of {one.team}"
    unknown = NOT_IN_DIRECTORY if not team and _unknown(facts, one) else ""
    if one.id == one.role.value:
        return f"{one.words}{team}"
    return f"{one.role.words} {facts.called(one.id)}{team}{unknown}"


def _unknown(facts: Facts, one: Actor) -> bool:
    """They record as somebody of the transfer's team; people stand in the directory, and they are none of them."""
    somebody = any(person.roles for person in facts.people)
    return somebody and one.role in OF_SOCIAL_WORK and all(person.ref != one.id for person in facts.people)


def responsible(facts: Facts) -> str:
    """Whom to ask: in social work the worker, the manager and who stands in for them, each with name and telephone.

    Where no team of social work is responsible, the service.
    """
    day, worker, manager = _day(facts.newest), facts.social_worker, facts.team_manager
    if worker is None or manager is None:
        return facts.service_name(facts.service_ref)
    covers = (
        f"{_reached(facts, one.ref)} stands in for them until {one.cover_until.day} {one.cover_until:%B %Y}"
        for one in covers_of(facts.people, manager, day)
        if one.cover_until is not None
    )
    first = f"{_reached(facts, worker)}, team {facts.social_work_team}"
    return "; ".join([first, f"manager {_reached(facts, manager)}", *covers])


def _reached(facts: Facts, ref: str) -> str:
    """Somebody's name, with their telephone where the directory knows it."""
    telephone = next((one.telephone for one in facts.people if one.ref == ref), None)
    return f"{facts.called(ref)}, {telephone}" if telephone else facts.called(ref)


def who_reported(facts: Facts) -> str:
    """Who reported a risk of harm, of which nobody has said who was spoken to; with how they are reached, if known."""
    telephones = {one.ref: one.telephone for one in facts.people if one.telephone}
    reported = [(step.who, telephones.get(step.actor.id)) for step in facts.nobody_spoken_to or facts.harm_reports]
    said = (f"{who}, {telephone}" if telephone else who for who, telephone in reported)
    return "; ".join(dict.fromkeys(said))


def looked_up(facts: Facts) -> tuple[Effect, ...]:
    """The newest look into the directory.

    One is wanted where the team manager of the start is not there, each time that somebody else is named, on each day
    after that of the opening on which an act by a role comes to be waited for, and each time that somebody asks for it.
    """
    named = sum(1 for entry in facts.steps if isinstance(entry.step, Reassign))
    days = {_day(clock.since) for clock in facts.clocks if clock.kind in BY_ROLE} - {_day(facts.opened_at)}
    number = int(_unknown_at_the_start(facts)) + named + len(days) + len(facts.people_asked)
    return (Effect(kind=EffectKind.LOOK_UP_PEOPLE, number=number),) if number else ()


def _unknown_at_the_start(facts: Facts) -> bool:
    start, day = facts.request, _day(facts.opened_at)
    if not isinstance(start, StartInSocialWork):
        return False
    known = facts.opening.people if facts.opening else ()
    return lack(known, start.team_manager, Role.TEAM_MANAGER, start.social_work_team, day) is not None


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def lacks(what: Lack) -> Callable[[Facts, Step], bool]:
    """Whether this keeps who records the step from acting in their role, where the step counts by it."""
    return lambda facts, step: step.counts_by_role and facts.opening is not None and _lack(facts, step) is what


def _lack(facts: Facts, step: Step) -> Lack | None:
    return lack(facts.people, step.actor.id, step.actor.role, facts.social_work_team or "", step.day)


def names_another_team(facts: Facts, step: Step) -> bool:
    """Who acts names a team that is neither theirs, as the directory has it, nor that of the transfer."""
    person = next((one for one in facts.people if one.ref == step.actor.id), None)
    team = step.actor.team
    if not step.counts_by_role or team is None or person is None or not person.teams:
        return False
    return team not in {*person.teams, facts.social_work_team}


def comes_too_early(facts: Facts, step: Step) -> bool:
    """An act by a role, and the directory has not been read yet."""
    return step.counts_by_role and facts.opening is None
