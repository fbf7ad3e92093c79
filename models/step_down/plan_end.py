"""How a plan ends: who has to confirm it, and what speaks against an end without a conference (SD-19a)."""

from collections.abc import Iterator
from datetime import date

from models.census import ClosureReason
from models.step_down.child import Child
from models.step_down.family import OF_AGE, age_on
from models.step_down.held import newest_conference, plan_goes_on
from models.step_down.steps.decision import ChildDecision, Decision, RecordDecisions
from models.step_down.steps.endings import HowPlanEnded


def end_waits_for_chair(child: Child) -> bool:
    """SD-19a: a conference ended its plan, neither its chair nor Mosaic has confirmed it, and it may be closed."""
    said, stays = child.said_of_plan, child.is_decided(Decision.STAYS_WITH_SOCIAL_WORK)
    if said is None or not said.ends or said.confirmed or stays or child.closing_begun:
        return False
    return plan_goes_on(child.record, child.plan_here(child.decision))


def end_unconfirmed(child: Child) -> bool:
    """SD-33d: it stays, its last meeting ended the plan, and neither the chair nor Mosaic has confirmed that."""
    held, said = child.newest_meeting, child.newest_at_meeting
    stays = child.is_decided(Decision.STAYS_WITH_SOCIAL_WORK)
    if not stays or held is None or said is None or not said.of_plan.is_end or child.facts.stands_for(held):
        return False
    there = newest_conference(child.record) if child.protected else None
    return there is None or not (there.confirmed and there.outcome.is_end and there.held_on >= held.day)


def end_is_confirmed(child: Child) -> bool:
    """The conference manager has confirmed that its plan ended without a conference, as was decided."""
    return child.decided_in is not None and child.facts.end_confirmed(child.decided_in)


def waits_for_conference_manager(child: Child) -> bool:
    """It is to be closed as its plan ended without a conference, and nobody has confirmed that."""
    ended = child.decision is not None and child.decision.ended_without_conference is not None
    return ended and not child.closing_begun and not end_is_confirmed(child)


def may_be_answered(child: Child, decided: RecordDecisions) -> bool:
    """So it is decided, and the team manager has not said no: there is something to answer."""
    stands = child.decided_in is decided and not child.facts.denied(decided, child.ref)
    return stands and any(said.ref == child.ref and said.ended_without_conference for said in decided.children)


def not_18_then(child: Child, said: ChildDecision) -> bool:
    """Its plan is to have ended as it turned 18; by a date of birth that is known, here or in Mosaic, it had not."""
    end = said.plan_ended
    if end is None or end.how is not HowPlanEnded.TURNED_18:
        return False
    return any(age_on(born, end.ended_on) < OF_AGE for born in _known_births(child))


def under_18_for_adult_services(child: Child, said: ChildDecision, day: date) -> bool:
    """SD-40: it is to pass to adult social care (RC6), and by a date of birth that is known it is not 18 then."""
    if said.closure_reason is not ClosureReason.ADULT_SERVICES:
        return False
    return any(age_on(born, day) < OF_AGE for born in _known_births(child))


def _known_births(child: Child) -> Iterator[date]:
    """Here or in Mosaic."""
    here = child.facts.family.child(child.ref) if child.facts.family else None
    known = (here.born_on if here else None, child.record.born_on if child.record else None)
    return filter(None, known)


def ended_since(child: Child, said: ChildDecision) -> bool:
    """It turned 18, or died, after the last meeting, whatever that said of the plan."""
    end, met = said.plan_ended, child.meeting
    return end is not None and end.how is not HowPlanEnded.LEFT_UK and (met is None or end.ended_on >= met.day)
