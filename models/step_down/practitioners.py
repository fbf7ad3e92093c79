"""Who takes over which child, and what each of them is sent: of their own children, and of no other (SD-28, SD-38)."""

from models.effects import Effect
from models.journey.recorded import RecordedStep
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down.addresses import nobody_else_reads
from models.step_down.child import Child
from models.step_down.direction import service_reads_of_children, with_the_service
from models.step_down.facts import StepDownFacts
from models.step_down.papers import by_mail, children_in
from models.step_down.steps.consent import Shareable
from models.step_down.steps.decision import NameLeadPractitioner
from models.step_down.steps.sharing import RecordFamilySharing

TELLS = frozenset({EffectKind.SEND_ADVICE_SUMMARY, EffectKind.TELL_SAFETY})
"""What brings a practitioner what keeps people safe."""


@remembered
def taking_over(facts: StepDownFacts) -> tuple[NameLeadPractitioner, ...]:
    """Who takes over the children who are with the service, each once."""
    named = (child.practitioner for child in with_the_service(facts))
    return tuple({one.practitioner: one for one in named if one is not None}.values())


def reached_alone(facts: StepDownFacts) -> tuple[NameLeadPractitioner, ...]:
    """SD-33a: those of them who are written to, as nobody of the family reads what they are sent."""
    return tuple(one for one in taking_over(facts) if nobody_else_reads(facts, one))


def theirs(facts: StepDownFacts, practitioner: str) -> tuple[Child, ...]:
    """The children with the service whom this practitioner, by reference, takes over."""
    return tuple(child for child in with_the_service(facts) if is_with(child, practitioner))


def is_with(child: Child, practitioner: str) -> bool:
    """Whether this practitioner takes the child over."""
    return child.practitioner is not None and child.practitioner.practitioner == practitioner


def was_with(child: Child, practitioner: str) -> bool:
    """They take the child over, or were named for it and may have been written to; not who was corrected in time."""
    steps = (entry.step for entry in child.facts.steps if not entry.late and entry.step.names(child.ref))
    named = [step for step in steps if isinstance(step, NameLeadPractitioner)]
    corrected = {step.corrects for step in named}
    return any(step.practitioner == practitioner and step.step_id not in corrected for step in named)


def as_named(facts: StepDownFacts, practitioner: str) -> NameLeadPractitioner:
    """A practitioner as named for the children; where that counts no more, as named last: it is still looked for."""
    counts = (child.practitioner for child in facts.children if is_with(child, practitioner))
    named = (entry.step for entry in reversed(facts.steps) if not entry.late)
    last = (step for step in named if isinstance(step, NameLeadPractitioner) and step.practitioner == practitioner)
    return next((one for one in counts if one is not None), None) or next(last)


def others_with(facts: StepDownFacts, step: NameLeadPractitioner) -> tuple[NameLeadPractitioner, ...]:
    """How the same reference is named for children of whom this step does not speak."""
    others = (child for child in facts.children if not step.names(child.ref))
    named = (one for child in others for one in (child.named, child.practitioner) if one is not None)
    return tuple(one for one in named if one.practitioner == step.practitioner)


def joins(facts: StepDownFacts, recorded: RecordedStep) -> tuple[str, ...]:
    """The children who come with it to a practitioner who was written to before, of others; by reference."""
    step = recorded.step
    if not isinstance(step, NameLeadPractitioner):
        return ()
    told = any(effect.kind in TELLS and effect.practitioner == step.practitioner for effect in facts.begun)
    coming = (child for child in facts.children if step.names(child.ref) and not is_with(child, step.practitioner))
    return tuple(child.ref for child in coming) if told else ()


def summary_of(child: Child) -> Effect | None:
    """SD-30: the summary that tells of the child, though the child may not be with the service any more.

    Children who come to a practitioner after one has gone there stand in one of their own.
    """
    if child.practitioner is None:
        return None
    named = child.practitioner.practitioner
    came = [place for place, coming in enumerate(_came_later(child.facts, named), start=2) if child.ref in coming]
    return Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, practitioner=named, time=max(came, default=1))


def times_joined(facts: StepDownFacts, practitioner: str) -> int:
    """How often children came to this practitioner after they had been written to."""
    return len(_came_later(facts, practitioner))


def _came_later(facts: StepDownFacts, practitioner: str) -> list[tuple[str, ...]]:
    return [
        entry.joins
        for entry in facts.steps
        if entry.joins and isinstance(entry.step, NameLeadPractitioner) and entry.step.practitioner == practitioner
    ]


def advice_summaries(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-30, SD-38: one to each practitioner, of their children; none if it is about nobody."""
    if not service_reads_of_children(facts):
        return ()
    wanted = (summary_of(child) for child in with_the_service(facts) if is_told(child))
    return tuple(dict.fromkeys(one for one in wanted if one is not None))


def is_told(child: Child) -> bool:
    """SD-09d, SD-33a: whoever takes it over is sent its advice: that was agreed, and nobody else reads it."""
    named = child.practitioner
    return named is not None and _is_told_of(child) and nobody_else_reads(child.facts, named)


def in_summary(facts: StepDownFacts, summary: Effect) -> tuple[Child, ...]:
    """SD-09d: the children of whom it tells: who pass on to this practitioner, and for whom that was agreed."""
    return tuple(child for child in with_the_service(facts) if _is_told_of(child) and summary_of(child) == summary)


def _is_told_of(child: Child) -> bool:
    return child.may_share(Shareable.ADVICE_SUMMARY)


def families_first_recommended(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-26: each practitioner is recommended to tell Families First; not where the service uses Mosaic."""
    if not by_mail(facts) or facts.harm_stands:
        return ()
    kind, service = EffectKind.RECOMMEND_FAMILIES_FIRST, facts.service_ref
    return tuple(Effect(kind=kind, practitioner=one.practitioner, service=service) for one in reached_alone(facts))


def tells_of_others(facts: StepDownFacts, shared: RecordFamilySharing, practitioner: str) -> bool:
    """SD-38: a child stands in the document whom somebody else takes over, or is to."""
    there = (child for child in children_in(facts, shared) if child.ref not in shared.without_children)
    others = [child for child in there if not is_with(child, practitioner)]
    return any(child.with_the_service or (child.may_still_pass and child.practitioner is not None) for child in others)


def reads_mosaic(facts: StepDownFacts, named: NameLeadPractitioner) -> bool:
    """SD-31: the practitioner finds the papers in Mosaic; who does not is sent them."""
    return not by_mail(facts) and named.uses_mosaic
