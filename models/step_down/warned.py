"""Who was written to about the family, and is told that something of it does not hold any more (SD-09a, SD-30a).

What they read then names nobody: it asks them to speak with the social worker before they do anything. So it goes to
them whatever became of consent, and also after a report of significant harm.
"""

from collections.abc import Collection, Iterator

from models.effects import Effect, EffectResult, Ended
from models.journey.recorded import RecordedStep
from models.journey.steps import ReportsHarm
from models.kinds import EffectKind
from models.step_down.addresses import contact_is_safe, nobody_else_reads
from models.step_down.corrections import under_way
from models.step_down.direction import passed_on, service_reads_of_children
from models.step_down.effects import SHARING
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.practitioners import TELLS, as_named, reached_alone
from models.step_down.safety import dangers, retells
from models.step_down.steps.decision import NameLeadPractitioner, RecordDecisions
from models.step_down.steps.family import RecordFamily

OF_THE_FAMILY = frozenset({*SHARING, EffectKind.SEND_PACK, EffectKind.SEND_MEETING_OUTCOME})
"""What brings a service papers, or names a child to it."""


def practitioners_warned(facts: StepDownFacts, recorded: RecordedStep) -> tuple[str, ...]:
    """The practitioners who were written to, and of whose children something holds no more with this step.

    Whoever is told anew in full what keeps people safe is not asked to ring as well. Whoever was named for a service
    that the transfer has left was told to do nothing more, and hears of nothing but danger.
    """
    if isinstance(recorded.step, RecordFamily):
        return tuple(one for one in retells(facts, recorded) if one not in _told_in_full(facts))
    turned = recorded.turns_away and not isinstance(recorded.step, ReportsHarm)
    if not turned and not _says_who_died(facts, recorded):
        return ()
    about = [child.ref for child in passed_on(facts) if recorded.step.names(child.ref)]
    of_all = not recorded.step.children_named()
    named = [step for ref in ([None] if of_all else about) for step in facts.all_of(NameLeadPractitioner, ref)]
    still = {step.practitioner for step in named}
    return tuple(one for one in _written_to(facts) if one in still)


def _told_in_full(facts: StepDownFacts) -> set[str]:
    if not service_reads_of_children(facts):
        return set()
    return {one.practitioner for one in reached_alone(facts)}


def _written_to(facts: StepDownFacts) -> tuple[str, ...]:
    told = (effect for effect in facts.begun if effect.kind in TELLS and under_way(facts, effect))
    reached = (effect for effect in told if (result := facts.result(effect)) is None or _left(facts, result))
    return tuple(sorted({effect.practitioner for effect in reached if effect.practitioner is not None}))


def under_way_to(facts: StepDownFacts, practitioners: Collection[str]) -> tuple[Effect, ...]:
    """What is on its way to those of them whom nothing has reached yet; it may be stopped before it leaves."""
    told = [effect for effect in facts.begun if effect.kind in TELLS and effect.practitioner in practitioners]
    has_it = {effect.practitioner for effect in told if (result := facts.result(effect)) and _left(facts, result)}
    going = (effect for effect in told if under_way(facts, effect) and facts.result(effect) is None)
    return tuple(effect for effect in going if effect.practitioner not in has_it)


def _left(facts: StepDownFacts, result: EffectResult) -> bool:
    """It reached them, or may have: a person may skip what nobody knows to have been sent."""
    skipped_unclear = result.ended is Ended.SKIPPED and facts.was_unclear(result.effect)
    return result.ended in {Ended.DONE, Ended.BY_HAND} or result.may_have_been_sent or skipped_unclear


def _has_left_since(facts: StepDownFacts, entry: Recorded, effect: Effect) -> bool:
    """What was on its way when this was recorded has left, or may have; later, it may have been begun anew."""
    ends = [one for one in (*facts.stopped, *facts.effects) if one.effect == effect and one.at >= entry.accepted_at]
    if ends:
        return _left(facts, min(ends, key=lambda one: one.at))
    return effect in facts.begun and facts.waits_for_a_person(effect) is not None and under_way(facts, effect)


def _says_who_died(facts: StepDownFacts, recorded: RecordedStep) -> bool:
    """A child that was closed to pass on has died since: nobody is to visit it, or write of it."""
    step = recorded.step
    died = {said.ref for said in step.children if said.died} if isinstance(step, RecordDecisions) else set()
    return any(child.ref in died for child in passed_on(facts) if child.closing_begun)


def service_warned(facts: StepDownFacts, recorded: RecordedStep) -> str | None:
    """The service that has papers of the family, or talked it over, where somebody is in more danger now (SD-30a).

    Also where a child that was closed to pass to it has died.
    """
    step = recorded.step
    if _says_who_died(facts, recorded):
        return facts.service_ref
    if not isinstance(step, RecordFamily) or not _knows_the_family(facts):
        return None
    return facts.service_ref if dangers(step) - dangers(facts.family) else None


def _knows_the_family(facts: StepDownFacts) -> bool:
    papers = (effect for effect in facts.begun if effect.kind in OF_THE_FAMILY and effect.service == facts.service_ref)
    return facts.conversation is not None or any(under_way(facts, effect) for effect in papers)


def warned(facts: StepDownFacts) -> tuple[Effect, ...]:
    """Everybody who is to be told that something does not hold any more, by the step that changed it."""
    return tuple(_warnings(facts))


def _warnings(facts: StepDownFacts) -> Iterator[Effect]:
    for entry in facts.steps:
        step = entry.step.step_id
        if entry.warns_service is not None and contact_is_safe(facts, entry.warns_service):
            yield Effect(kind=EffectKind.TELL_SERVICE, service=entry.warns_service, step=step)
        for practitioner in entry.warns:
            going = [effect for effect in entry.on_its_way if effect.practitioner == practitioner]
            reached = not going or any(_has_left_since(facts, entry, effect) for effect in going)
            if reached and nobody_else_reads(facts, as_named(facts, practitioner)):
                yield Effect(kind=EffectKind.TELL_PRACTITIONER, practitioner=practitioner, step=step)
