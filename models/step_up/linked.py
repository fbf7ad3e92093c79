"""What a referral opens, and what it tells the journey out of which it was opened (SU-04, SD-39)."""

from collections.abc import Iterator

from models.effects import Effect
from models.journey.harm_outcome import HarmOutcome
from models.journey.linked import id_of, newest, opener, opening, said_in, telling
from models.journey.reports import came_from_another
from models.journey.start import IN_THE_REQUEST, Linked
from models.journey.steps import ReportsHarm, Step
from models.kinds import JourneyKind
from models.step_up.facts import StepUpFacts
from models.step_up.steps.assessment import RecordAssessmentOutcome
from models.step_up.steps.contact import RecordContact
from models.step_up.steps.decision import RecordContactOutcome, RecordStrategyDiscussion


def early_help_opened(facts: StepUpFacts) -> tuple[Effect, ...]:
    """SU-04: a request for Early Help for each word that Early Help is what children need."""
    said = (step for step in facts.all_of(RecordContactOutcome) if for_early_help(facts, step))
    return tuple(_request(step) for step in said)


def _request(step: RecordContactOutcome) -> Effect:
    return opening(JourneyKind.HELP_REQUEST, step)


def for_early_help(facts: StepUpFacts, step: RecordContactOutcome) -> tuple[str, ...]:
    """SU-04: the children of whom it says so, unless that was the last word, and no harm was reported of them since."""
    return tuple(
        one.ref for one in step.children if _early_help(one.outcomes) and not _said_before(facts, step, one.ref)
    )


def _early_help(outcomes: tuple[HarmOutcome, ...]) -> bool:
    return HarmOutcome.EARLY_HELP in outcomes


def _said_before(facts: StepUpFacts, step: RecordContactOutcome, child: str) -> bool:
    earlier = [one for one in facts.all_of(RecordContactOutcome, child) if facts.came_after(step, one)]
    said = [one for one in earlier[-1:] if any(_early_help(it.outcomes) for it in one.children if it.ref == child)]
    reports = (facts.noticed(report, child) for report in facts.harm_reports if child in report.at_risk)
    return bool(said) and not any(facts.came_after(one, said[-1]) and facts.came_after(step, one) for one in reports)


def not_known_there(facts: StepUpFacts, step: Step) -> str | None:
    """SU-04: what whoever records something reads that Early Help, to whom children were passed on, cannot know."""
    said = (one for one in facts.all_of(RecordContactOutcome) if one is not step)
    passed_on = (one for one in said if any(_concerns(step, ref) for ref in for_early_help(facts, one)))
    requests = [id_of(facts.request.id, _request(one)) for one in passed_on]
    if not requests:
        return None
    which = " and ".join(f"the request {one}" for one in requests)
    return (
        f"Children were passed on to Early Help, who hear nothing of this by themselves: tell whoever answers {which}."
    )


def _concerns(step: Step, child: str) -> bool:
    """Whether it changes what Early Help has to know of the child."""
    match step:
        case RecordContactOutcome():
            return any(one.ref == child and not _early_help(one.outcomes) for one in step.children)
        case RecordContact():
            return step.names(child) and step.parents is not None
        case ReportsHarm() | RecordStrategyDiscussion():
            return step.names(child)
        case _:
            return False


def with_needs(facts: StepUpFacts) -> tuple[str, ...]:
    """SU-07: the children without ongoing social work whose needs remain; a step-down is offered for them."""
    said = ((child, facts.assessed(child)) for child in facts.child_refs)
    return tuple(child for child, one in said if one is not None and one.needs_remain)


def offer(facts: StepUpFacts, step: RecordAssessmentOutcome) -> str | None:
    """SU-07: what whoever records that reads; nothing is opened by itself."""
    if not any(one.needs_remain for one in step.children):
        return None
    return (
        "Needs remain that Early Help may meet. For a step-down, this prints a file with what is known: "
        f"transfers start --out-of {facts.request.id}"
    )


def origin_told(facts: StepUpFacts) -> tuple[Effect, ...]:
    """What the journey is told out of which it was opened."""
    origin = opener(facts.request)
    if origin is None:
        return ()
    steps = dict.fromkeys((*_outcomes(facts, origin), *_first_call(facts)))
    return tuple(telling(origin, step) for step in steps)


def _outcomes(facts: StepUpFacts, origin: Linked) -> Iterator[Step]:
    """SD-39: a step-down waits for what the contact came to, and for how an assessment ended."""
    if origin.kind is JourneyKind.STEP_DOWN:
        of_interest = {child.ref for child in facts.request.children}
        said = (*facts.all_of(RecordContactOutcome), *facts.all_of(RecordAssessmentOutcome))
        yield from (step for step in said if of_interest & {*step.children_named()})


def _first_call(facts: StepUpFacts) -> Iterator[Step]:
    """SU-01: who was spoken to, where that was said here first."""
    report = facts.entry(IN_THE_REQUEST)
    if report is None or not isinstance(report.step, ReportsHarm):
        return
    said = said_in(facts, facts.spoken_to(newest(facts, report.step)), report.step.at_risk)
    if said is not None and said is not report.step and not came_from_another(said):
        yield said
