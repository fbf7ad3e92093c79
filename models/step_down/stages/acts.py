"""The team manager's own acts on what somebody else recorded; they wait for no stage (SD-23b)."""

from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.rows import TimeIsUp, each_child, field
from models.journey.steps import Step
from models.kinds import ClockKind
from models.step_down.acts import ASKS, as_approved, asked
from models.step_down.facts import StepDownFacts
from models.step_down.held import STAYS_OPEN
from models.step_down.rows import TM, Row, Rule
from models.step_down.steps.acts import Authorise
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.decision import RecordDecisions


def _unknown(facts: StepDownFacts, step: Authorise) -> bool:
    return facts.entry(step.of) is None


def _replaced(facts: StepDownFacts, step: Authorise) -> bool:
    """All of it: what stands of it for some child still waits for the manager."""
    entry = facts.entry(step.of)
    replaced = any(later.step.corrects == step.of and not later.late for later in facts.steps)
    return replaced and entry is not None and not asked(facts, entry.step)


def _changed_since(facts: StepDownFacts, step: Authorise) -> bool:
    """SD-33a: the letters that hold are not what was approved any more."""
    entry = facts.entry(step.of)
    approved = entry.step if entry is not None and isinstance(entry.step, ApproveLetters) else None
    current = approved is not None and facts.last_of(ApproveLetters) is approved
    return approved is not None and current and not as_approved(facts, approved)


def _kept_open(facts: StepDownFacts, step: Authorise) -> bool:
    """SD-19a, SD-19b: Mosaic keeps each child open that it decides, so that none of it counts."""
    entry = facts.entry(step.of)
    if entry is None or not isinstance(entry.step, RecordDecisions) or asked(facts, entry.step):
        return False
    decided = entry.step
    last = (ref for ref in decided.children_named() if facts.last_of(RecordDecisions, ref) is decided)
    return any(facts.child(ref).kept_open_now for ref in last)


def _not_asked(facts: StepDownFacts, step: Authorise) -> bool:
    entry = facts.entry(step.of)
    otherwise = any(why(facts, step) for why in (_replaced, _changed_since, _kept_open))
    return entry is not None and not asked(facts, entry.step) and not otherwise


def _own(facts: StepDownFacts, step: Authorise) -> bool:
    entry = facts.entry(step.of)
    if entry is None:
        return False
    of_others = isinstance(entry.step, RecordHarmOutcome) and entry.step.actor.role is TM
    return step.actor.id in {facts.social_worker, *(() if of_others else entry.step.recorders)}


def _child_not_asked(facts: StepDownFacts, step: Authorise) -> str | None:
    entry = facts.entry(step.of)
    needed = asked(facts, entry.step) if entry is not None else ()
    return each_child("ref", lambda _, child: child.ref not in needed)(facts, step)


def _for_their_own_family(facts: StepDownFacts, step: Step) -> bool:
    """Who works with the family records as its manager what is the manager's to say."""
    return step.needs_manager and step.actor.role is TM and step.actor.id == facts.social_worker


ROWS: tuple[Row, ...] = (
    Rule("SD-23b", Authorise, field("of", _unknown), "No such step is recorded in this transfer."),
    Rule(
        "SD-23b",
        Authorise,
        field("of", _replaced),
        "This has been replaced since: read what replaced it, and act on that.",
    ),
    Rule(
        "SD-33a",
        Authorise,
        field("of", _changed_since),
        "These letters have changed since they were approved: the social worker reads and approves them again, and "
        "you authorise that approval.",
    ),
    Rule(
        "SD-19b",
        Authorise,
        field("of", _kept_open),
        STAYS_OPEN,
    ),
    Rule(
        "SD-23b",
        Authorise,
        field("of", _not_asked),
        "Nothing here is waiting for the team manager: it needs no authorisation, another authority still has time to "
        "answer, or it no longer counts.",
    ),
    Rule(
        "SD-23b",
        Authorise,
        field("actor", _own),
        "Nobody authorises what they recorded themselves, or anything for a family whose social worker they are: "
        "another manager does, or the named cover.",
    ),
    Rule(
        "SD-23b",
        Authorise,
        _child_not_asked,
        "Nothing recorded there about this child is waiting for the team manager.",
    ),
    *(
        Rule(
            "SD-23b",
            kind,
            field("actor", _for_their_own_family),
            "The social worker of a family cannot also act as its manager: another manager does, or the named cover.",
        )
        for kind in ASKS
        if TM in kind.recorded_by
    ),
    TimeIsUp(
        "SD-23b",
        ClockKind.AUTHORISED,
        Authorise,
        "What was recorded is still waiting for the team manager: authorise it, or say why not. The named cover can "
        "do this in their own name.",
    ),
)
