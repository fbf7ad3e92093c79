"""How a journey's effects are carried out and its evidence captured: the activity, its order, and how patiently."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from activities.clocks import AlertActivities, CalculateDueDate, ClockActivities, MailAlert, PostAlert
from activities.letters.alerts import AlertText
from activities.links import TellJourney
from activities.register import LookUpService
from models.effects import Effect, EffectResult, Intent
from models.journey.due_dates import count
from models.journey.facts import Facts
from models.journey.people import responsible, who_reported
from models.journey.projection import Projection
from models.journey.recorded import RecordedStep
from models.journey.start import Linked
from models.journey.steps import Step
from models.kinds import OF_HARM, OFFICES, REAL_TIME, Audience, ClockKind, EffectKind
from models.vocabulary import Role
from workflows.timeouts import ALERT, CALCULATION, CHANNEL, Patience

F_contra = TypeVar("F_contra", bound=Facts, contravariant=True)

OWN_RULE = "own rule"
HARM = "SU-01"
"""A risk of significant harm is told by this clause, in whichever journey."""


@dataclass(frozen=True)
class Order(Generic[F_contra]):
    """One kind of effect, as it is carried out."""

    act: Callable[[Any, Any], EffectResult]
    order: Callable[[F_contra, Intent], Any]
    """Made anew for every go, so that what was corrected meanwhile is what is done."""
    clause: str
    patience: Patience


@dataclass(frozen=True)
class Write:
    """One write to the register."""

    act: Callable[[Any, Any], Any]
    order: Any
    summary: str


@dataclass(frozen=True)
class Orders(Generic[F_contra]):
    """Everything that a journey orders."""

    opening: Callable[[F_contra], Write]
    """Its first write: the children reserved, policy and service loaded."""
    effects: Mapping[EffectKind, Order[F_contra]]
    show: Callable[[Projection, Sequence[RecordedStep]], Write]
    """How it is shown in the register; what is evidence among the steps that are new there is kept with it."""
    clock_clauses: Mapping[ClockKind, str]
    """By which clause due dates are calculated, and alerts sent; of other waits it is the council's own rule."""

    def clause(self, facts: Facts, effect: Effect) -> str:
        """By which clause the effect is carried out."""
        match effect.kind:
            case EffectKind.CALCULATE_DUE_DATE if effect.wait is not None:
                return self._clause_of_clock(effect.wait)
            case EffectKind.MAIL_ALERT | EffectKind.POST_ALERT:
                return self._clause_of_clock(facts.alerts[_number(effect) - 1].kind)
            case _:
                return self.effects[effect.kind].clause

    def _clause_of_clock(self, kind: ClockKind) -> str:
        return HARM if kind in OF_HARM else self.clock_clauses.get(kind, OWN_RULE)


def _number(effect: Effect) -> int:
    if effect.number is None:
        raise AssertionError("alerts and due dates have a number")
    return effect.number


def _calculate_due_date(facts: Facts, intent: Intent) -> CalculateDueDate:
    clock = facts.clock(intent.effect.clock)
    if clock is None:
        raise AssertionError("a due date is that of a clock")
    how = count(facts, intent.effect)
    kept = facts.calendar.version if facts.calendar else None
    return CalculateDueDate(intent=intent, count=how, calendar_kept=kept)


def _mail_alert(facts: Facts, intent: Intent) -> MailAlert:
    number, audience = _number(intent.effect), intent.effect.audience
    if audience is None:
        raise AssertionError("an alert is mailed to an audience")
    return MailAlert(
        intent=intent,
        audience=audience,
        people=people(facts, audience),
        service_ref=facts.alerts[number - 1].service_ref,
        text=_alert_text(facts, number),
    )


def _post_alert(facts: Facts, intent: Intent) -> PostAlert:
    channel = intent.effect.channel or ""
    return PostAlert(intent=intent, channel=channel, text=_alert_text(facts, _number(intent.effect)))


def people(facts: Facts, audience: Audience) -> tuple[str, ...]:
    """Who is meant, by reference; for a restricted family only those who are named."""
    team = None if facts.request.restricted else facts.social_work_team
    named: tuple[str | None, ...] = ()
    match audience:
        case Audience.SOCIAL_WORKER:
            named = (facts.social_worker, team)
        case Audience.TEAM_MANAGER:
            named = (facts.team_manager, team)
        case Audience.OWNER:
            named = (facts.owner,)
        case Audience.CHAIR:
            named = facts.chairs
        case Audience.CONFERENCE_MANAGER:
            named = tuple(person.ref for person in facts.people if Role.CONFERENCE_MANAGER in person.roles)
        case office if office in OFFICES:
            named = (OFFICES[office],)
    return tuple(filter(None, named))


def _alert_text(facts: Facts, number: int) -> AlertText:
    alert = facts.alerts[number - 1]
    at_once = alert.kind in REAL_TIME
    return AlertText(
        transfer_id=facts.request.id,
        it=facts.request.kind.noun,
        number=number,
        kind=alert.kind,
        what=alert.what,
        since=min(clock.since for clock in facts.clocks if clock.id in alert.clocks),
        due=alert.due,
        at=alert.at,
        raised_at=alert.raised_at,
        service=facts.service_name(alert.service_ref),
        in_charge=facts.side.name,
        responsible=responsible(facts),
        phones=facts.policy.phones.words if at_once else None,
        reported_by=(who_reported(facts) or None) if at_once else None,
        service_contact=facts.service.contact_email if at_once and facts.service is not None else None,
    )


def look_up_service(facts: Facts, intent: Intent) -> LookUpService:
    """The order to ask the directory how the service is reached to which a journey was given."""
    return LookUpService(intent=intent, service_ref=intent.effect.service or facts.service_ref)


def tell(facts: Facts, intent: Intent, step: Step) -> TellJourney:
    """The order to hand a step to another journey."""
    effect = intent.effect
    to = Linked.model_validate({"kind": effect.journey, "id": effect.to})
    return TellJourney.model_validate(
        {"intent": intent, "to": to, "restricted": facts.request.restricted, "step": step}
    )


_clocks = ClockActivities

SHARED: Mapping[EffectKind, Order[Facts]] = {
    EffectKind.CALCULATE_DUE_DATE: Order(_clocks.calculate_due_date, _calculate_due_date, OWN_RULE, CALCULATION),
    EffectKind.MAIL_ALERT: Order(AlertActivities.mail_alert, _mail_alert, OWN_RULE, ALERT),
    EffectKind.POST_ALERT: Order(AlertActivities.post_alert, _post_alert, OWN_RULE, CHANNEL),
}
"""The effects that every journey has."""
