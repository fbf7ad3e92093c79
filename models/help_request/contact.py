"""What a request writes into the Early Help Contact in Mosaic, and when (ER-09, ER-09a, ER-11).

One entry after the other: the request itself, then what has come since, each once. The lead child's workflow that is
open is added to, and a contact is started only where none is.
"""

from collections.abc import Iterator

from models.effects import Effect, Ended
from models.help_request.facts import LOOK, HelpFacts
from models.help_request.rows import by_professional
from models.help_request.stage import Outcome
from models.help_request.stages.admission import lacks_part_2
from models.help_request.start import FormPart, Reach
from models.help_request.steps.admission import (
    ReadForHarm,
    ReceiveDocuments,
    RecordGraduatedResponse,
    RecordReach,
)
from models.help_request.steps.response import RecordResponse
from models.journey.remembered import remembered
from models.journey.steps import Step
from models.kinds import EffectKind
from models.mosaic import EarlyHelpEntry

NOT_FOR_EARLY_HELP = frozenset({Outcome.ROUTED, Outcome.REDIRECTED})
"""What goes to somebody else: nothing of it is written for Early Help."""
NOBODY_SAID = "Nobody has said what was tried before."
AS_BEFORE = "As in the request."


@remembered
def contact_is_due(facts: HelpFacts) -> bool:
    """It was read for harm and found none, is complete, and is answered here by a team on Mosaic, for all to read."""
    service = facts.service
    on_mosaic = service is not None and service.mosaic_team is not None
    here = facts.request.lead_child not in facts.others_answer and not facts.request.restricted
    return (
        facts.goes_on
        and facts.ended(LOOK)
        and facts.is_read
        and on_mosaic
        and here
        and _accepted(facts)
        and _for_early_help(facts)
    )


def _accepted(facts: HelpFacts) -> bool:
    """ER-01, ER-02, ER-04, ER-05: nothing is missing without which it is not accepted, and what was tried was asked."""
    asked = facts.graduated is not None or facts.response is not None or not by_professional(facts)
    whole = facts.came(FormPart.PART_1) and facts.plan_open is not None and not lacks_part_2(facts)
    return facts.returned is None and asked and _said_yes(facts) and (whole or facts.from_duty_and_advice)


def _said_yes(facts: HelpFacts) -> bool:
    """ER-04, SU-04: of Duty and Advice none is asked before the first contact; a no stands (SD-09a, SD-09b)."""
    no = facts.withdrawn is not None or facts.request.lead_child in facts.said_no
    return not no and (facts.agreement is not None or facts.from_duty_and_advice)


def _for_early_help(facts: HelpFacts) -> bool:
    return facts.response is None or facts.response.outcome not in NOT_FOR_EARLY_HELP


@remembered
def contact_entries(facts: HelpFacts) -> tuple[Effect, ...]:
    """Each entry that is due, up to the first that has not ended: what follows is added to what that one opens."""
    return tuple(_one_after_the_other(facts)) if contact_is_due(facts) else ()


def _one_after_the_other(facts: HelpFacts) -> Iterator[Effect]:
    corrected = {entry.corrects for entry in facts.steps if not entry.late}
    for step in (_first_reading(facts), *_came_since(facts)):
        effect = Effect(kind=EffectKind.WRITE_CONTACT, child=facts.request.lead_child, step=step.step_id)
        result = facts.result(effect)
        if result is None and step.step_id in corrected:
            continue
        yield effect
        if result is None or (result.ended is Ended.SKIPPED and isinstance(step, ReadForHarm)):
            return


def _first_reading(facts: HelpFacts) -> Step:
    """The step under which the request itself is written: the same, however often it is read anew."""
    return next(entry.step for entry in facts.steps if isinstance(entry.step, ReadForHarm))


def _came_since(facts: HelpFacts) -> Iterator[Step]:
    """What has an entry of its own, oldest first; what was tried stands in the first, where it was asked for.

    What was corrected before it was written is written as it was corrected.
    """
    tried = (entry.step for entry in facts.steps if isinstance(entry.step, RecordGraduatedResponse))
    first = next(tried, None) if by_professional(facts) else None
    for entry in facts.steps:
        step = entry.step
        if entry.late or step is first:
            continue
        if isinstance(step, ReceiveDocuments | RecordGraduatedResponse) or _is_answer(step) or _reached(step):
            yield step


def _reached(step: Step) -> Reach | None:
    return step.reach if isinstance(step, RecordReach) else None


def _is_answer(step: Step) -> bool:
    return isinstance(step, RecordResponse) and step.outcome not in NOT_FOR_EARLY_HELP


def opens(facts: HelpFacts, effect: Effect) -> bool:
    """Whether it is the request itself, for which a contact is started where none is open."""
    return effect.step == _first_reading(facts).step_id


def entry_of(facts: HelpFacts, effect: Effect) -> EarlyHelpEntry:
    """What is written under this effect."""
    if opens(facts, effect):
        request, tried = facts.request, facts.graduated if by_professional(facts) else None
        who = ", ".join(filter(None, (request.referrer.who, request.referrer.organisation)))
        work = (tried.own_words if tried else None) or NOBODY_SAID
        issues = f"{request.asks_for}\n{_safely(request.reach)}"
        return EarlyHelpEntry(who_asks=who, current_issues=issues, work_so_far=work)
    entry = facts.entry(effect.step or "")
    if entry is None:
        raise AssertionError("an entry is about a step that was recorded")
    reach = _reached(entry.step)
    if reach is not None:
        return EarlyHelpEntry(current_issues=_safely(reach), work_so_far=AS_BEFORE)
    return EarlyHelpEntry(current_issues=AS_BEFORE, work_so_far=_words(entry.step))


def _safely(reach: Reach | None) -> str:
    """ER-15: whoever reads of the family there must know it before they write or ring."""
    if reach is None:
        return "It is not known yet how the family may be reached safely: ask before anybody writes or rings."
    return f"How the family may be reached safely: {reach.safely}"


def _words(step: Step) -> str:
    """What a step adds; why a request was answered so stays here, as it may speak of others."""
    match step:
        case RecordGraduatedResponse():
            return step.own_words or NOBODY_SAID
        case ReceiveDocuments():
            kept = ", ".join(form.document_ref for form in step.forms if form.document_ref)
            return f"Came: {step.gist}{f', kept as {kept}' if kept else ''}."
        case _:
            return f"Answered: {step.gist}."
