"""What waits for no stage: another child, another service, the end, a report of harm; and who is told of it at once."""

from models.effects import Effect
from models.journey import clocks, harm, rows
from models.journey.linked import opened_for_harm, told_who_was_spoken_to
from models.journey.rows import field, unless
from models.journey.start import MOST_CHILDREN
from models.journey.steps import Cancel
from models.kinds import JourneyKind
from models.step_down.between import another_may_be_named
from models.step_down.direction import all_talked_about
from models.step_down.effects import (
    closing_or_writing,
    invitations_cancelled,
    organiser_told,
    outcomes_in_writing,
    reopenings,
    service_told,
)
from models.step_down.facts import StepDownFacts
from models.step_down.papers import seen_since
from models.step_down.rows import CANCELLED, STOPPED, Doing, Row, Rule
from models.step_down.stages import acts, harm_stop, people
from models.step_down.steps.transfer import AddChild, ChangeService
from models.step_down.warned import warned

BEING_CLOSED = "Children's cases are being closed, or letters sent."


def wanted(facts: StepDownFacts) -> tuple[Effect, ...]:
    """What waits for no stage, of what the facts ask for."""
    effects = (row.wanted(facts) for row in ROWS if isinstance(row, rows.Doing))
    return tuple(effect for wanted in effects for effect in wanted)


def _was_omitted(facts: StepDownFacts, step: AddChild) -> bool:
    return step.child_ref in facts.added and step.child_ref not in facts.child_refs


def _has_no_document(facts: StepDownFacts, step: AddChild) -> bool:
    about_all = {document.kind for document in facts.request.documents if not document.children}
    return not {*facts.kinds_of_papers} <= about_all | {document.kind for document in step.documents}


def _is_named_already(facts: StepDownFacts, step: AddChild) -> bool:
    known = {document.ref for document in facts.documents}
    return any(one.ref in known or one.kind not in facts.kinds_of_papers for one in step.documents)


def referrals(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-39: one for each report of harm of children whose cases had been closed by then."""
    return opened_for_harm(facts, JourneyKind.STEP_UP, facts.to_refer)


ROWS: tuple[Row, ...] = (
    Doing("SD-09a", service_told),
    Doing("SD-30a", warned),
    Doing("SD-35", reopenings),
    Doing("SD-18", outcomes_in_writing),
    Doing("SD-18", invitations_cancelled),
    Doing("SD-18", organiser_told),
    Doing("SD-11", seen_since),
    Doing("SD-39", referrals),
    Doing("SD-39", lambda f: told_who_was_spoken_to(f, f.to_refer)),
    Rule(
        None,
        AddChild,
        field("child_ref", lambda f, s: s.child_ref in f.child_refs),
        "This child is already in this transfer.",
    ),
    Rule(
        None,
        AddChild,
        field("child_ref", _was_omitted),
        "This child was left out of this transfer: start another one for them.",
    ),
    Rule(
        "SD-38",
        AddChild,
        field("documents", _has_no_document),
        "No document of this transfer is about this child: name one of each kind for them.",
    ),
    Rule(
        "SD-38",
        AddChild,
        field("documents", _is_named_already),
        "A document named here belongs to other children of this transfer, or does not belong to this kind of "
        "transfer.",
    ),
    Rule(None, AddChild, unless(lambda f: len(f.child_refs) < MOST_CHILDREN), "A transfer holds at most 20 children."),
    Rule(None, AddChild, unless(lambda f: f.cancelled is None), CANCELLED),
    Rule("SU-01", AddChild, unless(lambda f: not f.harm_stands), STOPPED),
    Rule(
        None,
        AddChild,
        unless(lambda f: not closing_or_writing(f)),
        f"{BEING_CLOSED} Start another transfer for this child.",
    ),
    Rule(
        "SD-09a",
        ChangeService,
        field("service_ref", lambda f, s: s.service_ref == f.service_ref),
        "The transfer already goes to this service.",
    ),
    Rule(None, ChangeService, unless(lambda f: f.cancelled is None), CANCELLED),
    Rule("SU-01", ChangeService, unless(lambda f: not f.harm_stands), STOPPED),
    Rule(
        None,
        ChangeService,
        unless(lambda f: f.request.criteria.met),
        "When this transfer was started, it was recorded that the family is not for Early Help.",
    ),
    Rule(
        None,
        ChangeService,
        unless(another_may_be_named),
        "Children's cases were closed so that they pass to this service, or all children are decided: for another "
        "service, start another transfer, unless this service accepted none of the children.",
    ),
    Rule(
        "SD-29",
        ChangeService,
        unless(all_talked_about),
        "The service did not accept the children: the team manager talks with the Targeted Services Leader first.",
    ),
    *acts.ROWS,
    *people.ROWS,
    *harm_stop.ROWS,
    *clocks.ROWS,
    Rule(None, Cancel, unless(lambda f: f.cancelled is None), "The transfer has already been cancelled."),
    Rule(
        None,
        Cancel,
        unless(lambda f: not any(child.closing_begun for child in f.children)),
        "Children's cases are being closed: the transfer can no longer be cancelled.",
    ),
    *harm.TIME_IS_UP,
)
