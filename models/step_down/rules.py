"""Which step may come now, who may record it, and what it may say: rows with their clause."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.clocks import ClockKind
from models.services import ContactKind
from models.step_down.answers import Refusal, Stage
from models.step_down.clocks import ClockState, state
from models.step_down.conditions import agencies_left_out, agencies_may_be_told, consent_stands, family_asked, undecided
from models.step_down.facts import Facts
from models.step_down.final_meeting import to_come, unconfirmed
from models.step_down.given_back import all_talked_about, given_back, has_children, talked_about
from models.step_down.interlock import CLOSING, INTERLOCK, Lock
from models.step_down.needs import stage
from models.step_down.replacing import is_late, letters_that_left, replaced_by, says_new_things_too_late
from models.step_down.resolving import (
    does_by_hand_what_only_the_machine_does,
    leaves_out_what_must_be,
    puts_right_what_people_agree,
    tries_what_cannot_be_tried,
    tries_what_is_not_wanted,
)
from models.step_down.said import ChildConsent, ChildDecision, Decision, LetterAudience, Shareable
from models.step_down.start import MOST_CHILDREN
from models.step_down.steps import (
    AcknowledgeTransfer,
    AddChild,
    ApproveLetters,
    Cancel,
    ChangeService,
    DecideChildren,
    NameLeadPractitioner,
    OfferConversation,
    PauseClock,
    Reassign,
    RecalculateClocks,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordExploration,
    RecordFamiliesFirstNotified,
    RecordFamilySharing,
    RecordFinalMeeting,
    RecordManagementConversation,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    ScheduleFinalMeeting,
    Step,
    WithdrawConsent,
)
from models.step_down.wanted import closing_or_writing, contact_asked, recommend_families_first, settled_with_service
from models.vocabulary import Actor, Role

CLOCK_SKEW = timedelta(minutes=1)
"""How far two machines' clocks may differ before a step counts as in the future."""

SW, TM, EH = Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.EARLY_HELP_SERVICE

WHO: dict[type[Step], frozenset[Role]] = {
    RecordExploration: frozenset({SW}),
    RecordConsent: frozenset({SW}),
    WithdrawConsent: frozenset(Role),
    RecordFamilySharing: frozenset({SW}),
    OfferConversation: frozenset({SW, Role.EARLY_HELP_CONTACT}),
    RecordContactConversation: frozenset({SW, Role.EARLY_HELP_CONTACT}),
    ScheduleFinalMeeting: frozenset({SW}),
    RecordFinalMeeting: frozenset({SW}),
    NameLeadPractitioner: frozenset({SW, EH}),
    RecordManagementConversation: frozenset({TM, Role.TARGETED_SERVICES_LEADER}),
    RecordAdviceSummary: frozenset({SW}),
    DecideChildren: frozenset({SW}),
    ApproveLetters: frozenset({SW}),
    AcknowledgeTransfer: frozenset({EH}),
    RecordFamiliesFirstNotified: frozenset({EH, SW, TM}),
    AddChild: frozenset({SW, TM}),
    ChangeService: frozenset({SW, TM}),
    Reassign: frozenset({SW, TM}),
    PauseClock: frozenset({TM, Role.OPERATIONS}),
    ResumeClock: frozenset({TM, Role.OPERATIONS}),
    RecalculateClocks: frozenset({Role.OPERATIONS}),
    Cancel: frozenset({SW, TM, Role.OPERATIONS}),
    ReportSignificantHarm: frozenset(Role),
    ResolveAttention: frozenset({Role.OPERATIONS}),
}


@dataclass(frozen=True)
class Rule:
    """A step is taken only when this holds; ``breaks`` names the field that breaks it, or None."""

    clause: str | None
    step: type[Step]
    breaks: Callable[[Facts, Any], str | None]
    otherwise: str


def _unless(holds: Callable[[Facts], bool]) -> Callable[[Facts, Step], str | None]:
    return lambda facts, step: None if holds(facts) else "step"


def _step(breaks: Callable[[Facts, Any], bool]) -> Callable[[Facts, Any], str | None]:
    return _field("step", breaks)


def _field(name: str, breaks: Callable[[Facts, Any], bool]) -> Callable[[Facts, Any], str | None]:
    return lambda facts, step: name if breaks(facts, step) else None


def _child_field(name: str, breaks: Callable[[Facts, Any], bool]) -> Callable[[Facts, Any], str | None]:
    """Ask about each child that the step names; the answer is the first child's field that breaks the rule."""
    return lambda facts, step: next(
        (f"children.{place}.{name}" for place, child in enumerate(step.children) if breaks(facts, child)), None
    )


def _passes_without(lock: Lock) -> Callable[[Facts, Any], bool]:
    return lambda facts, child: child.decision is Decision.TRANSFER and not lock.holds(facts, child.ref)


def _passes_on_before(holds: Callable[[Facts], bool]) -> Callable[[Facts, DecideChildren], str | None]:
    """Only a child that passes to Early Help waits for this; any other may be decided at once."""
    return lambda facts, step: (
        "step" if not holds(facts) and any(c.decision is Decision.TRANSFER for c in step.children) else None
    )


def _takes_consent_back(facts: Facts, step: RecordConsent) -> bool:
    lost = any(facts.consents(child.ref) and not child.stands for child in step.children)
    return lost and is_late(facts, step)


def _tells_the_family_nothing_new(facts: Facts, step: ApproveLetters) -> bool:
    """Letters are approved anew because something changed, and to the family only what it has already."""
    to_family = {letter.letter_id for letter in step.letters if letter.audience is LetterAudience.FAMILY}
    return facts.letters is None and to_family <= letters_that_left(facts)


def _changes_a_letter_that_left(facts: Facts, step: ApproveLetters) -> bool:
    """A letter is sent in the last approved form that held its id."""
    left = letters_that_left(facts)
    missing = {letter.letter_id for letter in facts.letters or ()} & left - {new.letter_id for new in step.letters}
    return bool(missing) or any(new.letter_id in left and new != facts.letter(new.letter_id) for new in step.letters)


def _nobody_talked(facts: Facts, step: DecideChildren) -> bool:
    """A child was given back by the service, and is decided before the managers have talked."""
    named = [child for child in step.children_named() if facts.given_back(child)]
    return not all(talked_about(facts, child) for child in named)


def _to_the_same_service(facts: Facts, child: ChildDecision) -> bool:
    return child.decision is Decision.TRANSFER and facts.given_back(child.ref)


def _too_late_for_another(facts: Facts, step: ChangeService) -> bool:  # noqa: ARG001 (asked with facts and step)
    """This service has children, or nobody is left who could go to another one."""
    return has_children(facts) or not (undecided(facts) or given_back(facts))


def _closes_what_goes_on(facts: Facts, child: ChildDecision) -> bool:
    """The final meeting did not let the child go so; whether it passes on, the interlock asks."""
    said = facts.said_at_meeting(child.ref)
    return child.decision is not Decision.TRANSFER and said is not None and not said.lets(child.decision)


def _closes_in_spite_of_harm(facts: Facts, child: ChildDecision) -> bool:
    return bool(facts.harm_reports) and child.decision is not Decision.STAYS_WITH_SOCIAL_WORK


def _corrects_what_was_corrected(facts: Facts, step: ReportSignificantHarm) -> bool:
    return step.corrects is not None and step.corrects not in {report.step_id for report in facts.harm_reports}


def _leaves_a_child_out(facts: Facts, step: ReportSignificantHarm) -> bool:
    before = next((report for report in facts.harm_reports if report.step_id == step.corrects), None)
    return before is not None and not set(before.children_named()) <= set(step.children_named())


def _no_chair(facts: Facts, step: RecordFinalMeeting) -> bool:  # noqa: ARG001 (asked with facts and step)
    by = step.confirmed_by
    return by is not None and (by.role not in {TM, Role.CHAIR} or by.id == step.actor.id)


def _confirms_without_saying_what(facts: Facts, step: RecordFinalMeeting) -> bool:
    waits = any(unconfirmed(facts, child) for child in step.children_named())
    return step.confirmed_by is not None and step.corrects is None and waits


def _confirms_too_early(facts: Facts, step: RecordFinalMeeting) -> bool:
    return step.confirmed_by is not None and not all(map(facts.first_talked, step.children_named()))


def _shares_less(facts: Facts, step: RecordConsent) -> bool:
    """Agreement to less than this route shares (SD-11, SD-15, SD-30)."""
    needed = {Shareable(kind) for kind in facts.papers} | {Shareable.ADVICE_SUMMARY}
    return any(child.stands for child in step.children) and set(step.may_share) != needed


def _no_manager(facts: Facts, actor: Actor | None, step: Step) -> bool:  # noqa: ARG001 (asked with facts, like the others)
    return actor is None or actor.role is not TM or actor.id == step.actor.id


def _no_manager_for_child(facts: Facts, step: RecordConsent) -> str | None:
    """The first child whose dispute was decided by somebody else than a team manager."""
    for place, child in enumerate(step.children):
        if child.manager_decision is not None and _no_manager(facts, child.manager_decision.by, step):
            return f"children.{place}.manager_decision.by"
    return None


def _leaves_an_objector_out(facts: Facts, child: ChildConsent) -> bool:
    """Somebody who said no is not named any more, so that the objection would vanish."""
    return not all(any(map(before.is_named_like, child.holders)) for before in facts.objectors(child.ref))


def _taken_back_before_given(facts: Facts, step: WithdrawConsent) -> bool:
    given = [facts.last_of(RecordConsent, child) for child in step.children_named() if facts.consents(child)]
    return any(consent is not None and step.occurred_at < consent.occurred_at for consent in given)


def _wrong_contact(facts: Facts, step: RecordContactConversation) -> bool:
    right = facts.service.contact_kind if facts.service else None
    return right is ContactKind.ALLOCATES and step.contact_kind is ContactKind.PRACTITIONER


def _not_answered(facts: Facts, answered: Callable[[Facts, str], object], step: Step) -> bool:
    """A child that has no answer and no decision yet is omitted."""
    missing = {c for c in facts.child_refs if not answered(facts, c) and facts.decision(c) is None}
    return not missing <= set(step.children_named())


def _stands_still(facts: Facts, kind: ClockKind) -> bool:
    clocks = facts.open_clocks(kind)
    return bool(clocks) and all(facts.paused(clock) for clock in clocks)


def _is_overdue(facts: Facts, step: PauseClock) -> bool:
    """Some answer is overdue when the clock is to be paused: it was told, or its time has come."""
    clocks = facts.open_clocks(step.clock)
    dues = [times.due for clock in clocks if (times := facts.times(clock)) is not None]
    told = any(state(facts, clock) is ClockState.BREACHED for clock in clocks)
    return told or any(due <= step.occurred_at for due in dues)


def _runs(facts: Facts, kind: ClockKind) -> bool:
    return not any(facts.paused(clock) for clock in facts.open_clocks(kind))


def _before_the_pause(facts: Facts, step: ResumeClock) -> bool:
    pauses = (facts.paused(clock) for clock in facts.open_clocks(step.clock))
    return any(pause is not None and step.occurred_at < pause.occurred_at for pause in pauses)


CALLED_OFF = "The transfer was cancelled."
STOPPED = (
    "A risk of significant harm was reported, and everything is stopped. Start another transfer when that is over."
)
BEING_CLOSED = "Children are being closed, or letters sent."


RULES = (
    Rule(
        "SD-09",
        RecordConsent,
        _field("service_ref", lambda f, s: s.service_ref != f.service_ref),
        "Consent names the service of this transfer.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _field("children", lambda f, s: _not_answered(f, family_asked, s)),
        "Consent is recorded for each child of this transfer.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _field("may_share", _shares_less),
        "Agreement says what may be shared: the advice summary and the assessment, on the plan route the plan, too.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _no_manager_for_child,
        "The team manager, not the one who records it, decides where those with parental responsibility disagree.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _child_field("holders", _leaves_an_objector_out),
        "Somebody who objected before is omitted: name everybody who objected, as they were named then, with what "
        "they say now; who should not have been named is named_by_mistake.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        _field("children", _takes_consent_back),
        "This consent has been acted on. Where the family withdraws it, record that: withdraw_consent.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        _child_field("ref", lambda f, c: f.withdrawn(c.ref) and f.closing_begun(c.ref)),
        "This child's closing had begun when consent was withdrawn; start another transfer for it.",
    ),
    Rule(
        "SD-09a",
        WithdrawConsent,
        _field("children", lambda f, s: not any(f.consents(child) for child in s.children_named())),
        "Consent does not stand for any of these children.",
    ),
    Rule(
        "SD-09a",
        WithdrawConsent,
        _field("occurred_at", _taken_back_before_given),
        "The consent that stands was given after that: say when it was withdrawn since, or correct its moment first.",
    ),
    Rule(
        "SD-09", RecordFamilySharing, _unless(consent_stands), "The family's consent comes before anything is shared."
    ),
    Rule(
        "SD-10",
        RecordFamilySharing,
        _field("document_ref", lambda f, s: s.document_ref not in {d.ref for d in f.request.documents}),
        "This is not a document of this transfer.",
    ),
    Rule(
        "SD-11",
        RecordFamilySharing,
        _field("cleared_of_third_parties", lambda f, s: s.agreed_as_basis and not s.cleared_of_third_parties),
        "Clear the document of what other people's privacy forbids before it goes to the service.",
    ),
    Rule(
        "SD-10a",
        RecordFamilySharing,
        _field(
            "without_it.authorised_by",
            lambda f, s: s.without_it is not None and _no_manager(f, s.without_it.authorised_by, s),
        ),
        "The team manager, not the one who records it, agrees that support goes on without the document.",
    ),
    Rule(
        "SD-07",
        OfferConversation,
        _unless(lambda f: contact_asked(f) or f.conversation is not None),
        "The contact has not been asked for the conversation yet.",
    ),
    Rule("SD-07", OfferConversation, _unless(lambda f: f.conversation is None), "The conversation has been held."),
    Rule(
        "SD-06",
        RecordContactConversation,
        _field("contact_kind", _wrong_contact),
        "For this service the conversation is held with a lead or manager who allocates its work.",
    ),
    Rule(
        "SD-08",
        RecordContactConversation,
        _field("children", lambda f, s: s.appropriate and _not_answered(f, Facts.talked_over, s)),
        "The conversation says for each child of this transfer whether it was agreed.",
    ),
    Rule(
        "SD-18",
        ScheduleFinalMeeting,
        _unless(lambda f: f.on_a_plan),
        "A final meeting belongs to a transfer out of a plan; this one comes out of an assessment.",
    ),
    Rule(
        "SD-18",
        ScheduleFinalMeeting,
        _field("cancelled_because", lambda f, s: s.meeting_at is None and to_come(f) is None),
        "No meeting is scheduled that could be cancelled.",
    ),
    Rule(
        "SD-19",
        RecordFinalMeeting,
        _unless(lambda f: f.on_a_plan),
        "A final meeting belongs to a transfer out of a plan; this one comes out of an assessment.",
    ),
    Rule(
        "SD-16",
        RecordFinalMeeting,
        _field("confirmed_by", _no_chair),
        "The chair of the meeting or the team manager, not the one who records it, confirms what it agreed.",
    ),
    Rule(
        "SD-16",
        RecordFinalMeeting,
        _field("confirmed_by", _confirms_too_early),
        "What the meeting agreed is confirmed once the conversation with this service has been held about each child.",
    ),
    Rule(
        "SD-16",
        RecordFinalMeeting,
        _field("corrects", _confirms_without_saying_what),
        "What a meeting agreed waits for confirmation: to confirm it, correct the record of that meeting. If another "
        "meeting was held, record it without confirmed_by first.",
    ),
    Rule(
        "SD-05",
        DecideChildren,
        _passes_on_before(lambda f: f.exploration is not None),
        "What was explored with the family and the network, or why not, comes before the decision.",
    ),
    Rule(
        "SD-11",
        DecideChildren,
        _passes_on_before(settled_with_service),
        "The version that the family agreed to is with the service before the decision.",
    ),
    Rule(
        "SU-01",
        DecideChildren,
        _child_field("decision", _closes_in_spite_of_harm),
        "A risk of significant harm was reported: a child who is open to social work stays with social work.",
    ),
    Rule(
        "SD-19",
        DecideChildren,
        _child_field("decision", _closes_what_goes_on),
        "The final meeting did not let this child go: the plan goes on, and the child stays with social work.",
    ),
    *(
        Rule(lock.clause, DecideChildren, _child_field("decision", _passes_without(lock)), lock.otherwise)
        for lock in INTERLOCK
    ),
    Rule(
        "SD-01",
        DecideChildren,
        _field(
            "no_further_role_confirmed",
            lambda f, s: any(c.decision in CLOSING for c in s.children) and not s.no_further_role_confirmed,
        ),
        "Closing a child confirms that social work has no further role.",
    ),
    Rule(
        "SD-23",
        DecideChildren,
        _field(
            "authorised_by",
            lambda f, s: f.policy.closure_needs_manager and _no_manager(f, s.authorised_by, s),
        ),
        "The team manager, not the one who records it, authorises the decision (policy of this council).",
    ),
    Rule(
        "SD-29",
        DecideChildren,
        _step(_nobody_talked),
        "The service did not accept the child: the team manager talks with the Targeted Services Leader first.",
    ),
    Rule(
        "SD-35",
        DecideChildren,
        _child_field("decision", _to_the_same_service),
        "The service did not accept this child: it answers again (acknowledge_transfer), or another service is named.",
    ),
    Rule(
        "SD-28",
        NameLeadPractitioner,
        _field("authorised_by", lambda f, s: s.interim_until is not None and _no_manager(f, s.authorised_by, s)),
        "The team manager, not the one who records it, agrees to an interim contact.",
    ),
    Rule(
        "SD-26",
        RecordFamiliesFirstNotified,
        _unless(lambda f: recommend_families_first(f) is not None),
        "Families First is recommended where children pass to a service that does not use Mosaic.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _field(
            "letters",
            lambda f, s: (
                not agencies_may_be_told(f)
                and any(
                    letter.audience is not LetterAudience.FAMILY and letter.do_not_write_because is None
                    for letter in s.letters
                )
            ),
        ),
        "Without the family's consent only the family is written to.",
    ),
    Rule(
        "SD-32",
        ApproveLetters,
        _field("letters", lambda f, s: agencies_left_out(f, s.letters)),
        "Universal services suffice for a child: one letter is for an agency involved, or says do_not_write_because.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _field("letters", _tells_the_family_nothing_new),
        "What changed since the last letter is told in a new one, with its own letter_id; or say do_not_write_because.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _field("letters", _changes_a_letter_that_left),
        "A letter that was sent stays as it is; what changes later is a new letter with its own letter_id.",
    ),
    Rule(
        "SD-35",
        AcknowledgeTransfer,
        _child_field(
            "ref", lambda f, c: f.result(f.closing(c.ref)) is None or c.ref not in f.decided(Decision.TRANSFER)
        ),
        "This child has not been passed on to the service.",
    ),
    Rule(
        None,
        AddChild,
        _field("child_ref", lambda f, s: s.child_ref in f.child_refs),
        "This child is in this transfer already.",
    ),
    Rule(
        None,
        AddChild,
        _field("child_ref", lambda f, s: s.child_ref in f.added and s.child_ref not in f.child_refs),
        "This child was omitted from this transfer; start another one for it.",
    ),
    Rule(None, AddChild, _unless(lambda f: len(f.child_refs) < MOST_CHILDREN), "A transfer holds at most 20 children."),
    Rule(None, AddChild, _unless(lambda f: f.cancelled is None), CALLED_OFF),
    Rule("SU-01", AddChild, _unless(lambda f: not f.harm_reports), STOPPED),
    Rule(
        None,
        AddChild,
        _unless(lambda f: not closing_or_writing(f)),
        f"{BEING_CLOSED} Start another transfer for this child.",
    ),
    Rule(
        "SD-09a",
        ChangeService,
        _field("service_ref", lambda f, s: s.service_ref == f.service_ref),
        "The transfer goes to this service already.",
    ),
    Rule(None, ChangeService, _unless(lambda f: f.cancelled is None), CALLED_OFF),
    Rule("SU-01", ChangeService, _unless(lambda f: not f.harm_reports), STOPPED),
    Rule(
        None,
        ChangeService,
        _unless(lambda f: f.request.criteria.met),
        "The start of this transfer says that it is not for Early Help.",
    ),
    Rule(
        None,
        ChangeService,
        _step(_too_late_for_another),
        "Children were closed to pass to this service, or all are decided: another service needs another transfer, "
        "unless this one accepted none of the children.",
    ),
    Rule(
        "SD-29",
        ChangeService,
        _unless(all_talked_about),
        "The service did not accept the children: the team manager talks with the Targeted Services Leader first.",
    ),
    Rule(
        None,
        PauseClock,
        _field("clock", lambda f, s: not f.open_clocks(s.clock)),
        "No such clock runs.",
    ),
    Rule(None, PauseClock, _field("clock", lambda f, s: _stands_still(f, s.clock)), "This clock is paused already."),
    Rule(
        None,
        PauseClock,
        _field("clock", _is_overdue),
        "The answer is overdue already; that stays on record.",
    ),
    Rule(
        None,
        ResumeClock,
        _field("clock", lambda f, s: _runs(f, s.clock)),
        "This clock is not paused.",
    ),
    Rule(
        None,
        ResumeClock,
        _field("occurred_at", _before_the_pause),
        "The clock was stopped after that.",
    ),
    Rule(None, RecalculateClocks, _unless(lambda f: bool(f.open_clocks())), "No clock runs."),
    Rule(None, Cancel, _unless(lambda f: f.cancelled is None), "The transfer was cancelled before."),
    Rule(
        None,
        Cancel,
        _unless(lambda f: not any(map(f.closing_begun, f.child_refs))),
        "Children are being closed; the transfer can no longer be cancelled.",
    ),
    Rule(
        "SU-01",
        ReportSignificantHarm,
        _field("corrects", _corrects_what_was_corrected),
        "This report was corrected before; correct the newer one.",
    ),
    Rule(
        "SU-01",
        ReportSignificantHarm,
        _field("children", _leaves_a_child_out),
        "A report that corrects another names its children, too; of others, record a report of their own.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("attention_id", lambda f, s: s.attention_id not in {item.id for item in f.open_attention}),
        "No such item waits for attention.",
    ),
    Rule(
        "SD-35",
        ResolveAttention,
        _field("attention_id", puts_right_what_people_agree),
        "This is not put right here: it ends when the service answers again, or when the child is decided otherwise.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("resolution", leaves_out_what_must_be),
        "This must not be skipped: do it by hand and record that, or retry.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("resolution", tries_what_is_not_wanted),
        "Something changed since, and this will not be done: record that it had been done, or skip it.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("resolution", tries_what_cannot_be_tried),
        "There is nothing to try again: record what was done by hand, or skip it with the reason.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("resolution", does_by_hand_what_only_the_machine_does),
        "Nobody can do this by hand: retry when it is put right.",
    ),
)


def refusal(facts: Facts, step: Step, now: datetime) -> Refusal | None:
    """Why the step is not taken now; None where it is. ``now`` is the transfer's own time."""
    known = facts.entry(step.step_id)
    if known is not None:
        same = known.step.says_the_same_as(step)
        return None if same else Refusal(field="step_id", reason="This step_id was used for another step.")
    said = _unfit(facts, step, now) or _replaces_unsaid(facts, step) or _broken_rule(facts, step)
    if said is None or not isinstance(step, ReportSignificantHarm):
        return said
    return said.model_copy(update={"note": f"Ring now, all the same. {facts.policy.phones.words}"})


def _unfit(facts: Facts, step: Step, now: datetime) -> Refusal | None:
    """What holds for every step: the transfer is open, the role may, the time has come, the children are known."""
    if stage(facts) is Stage.CLOSED:
        return Refusal(field="step", reason="This transfer is closed.")
    return wrong_sender_or_time(step, now) or _wrong_children(facts, step)


def wrong_sender_or_time(step: Step, now: datetime) -> Refusal | None:
    """What holds for a step whatever the transfer: the role may record it, and the time has come."""
    if step.actor.role not in WHO[type(step)]:
        may = " or ".join(sorted(role.words for role in WHO[type(step)]))
        return Refusal(field="actor.role", reason=f"Only the {may} records this step.")
    return _untimely(step, now)


def _untimely(step: Step, now: datetime) -> Refusal | None:
    """What is recorded has happened, and what is set is still to come."""
    if step.occurred_at > now + CLOCK_SKEW:
        return Refusal(field="occurred_at", reason="This is in the future.")
    if isinstance(step, ReportSignificantHarm) and step.spoken_to and step.spoken_to.at > now + CLOCK_SKEW:
        return Refusal(field="spoken_to.at", reason="This is in the future; say it once somebody was spoken to.")
    if isinstance(step, ScheduleFinalMeeting) and step.meeting_at is not None and step.meeting_at <= now:
        return Refusal(field="meeting_at", reason="This is past; a meeting that was held: record_final_meeting.")
    return None


def _wrong_children(facts: Facts, step: Step) -> Refusal | None:
    """A child that is not in this transfer, or that is named twice."""
    named = step.children_named()
    known = {*facts.child_refs, *(facts.added if isinstance(step, ReportSignificantHarm) else ())}
    for place, child in enumerate(named):
        if child not in known:
            return Refusal(field=f"children.{place}.ref", reason="This child is not in this transfer.")
        if child in named[:place]:
            return Refusal(field=f"children.{place}.ref", reason="This child is named twice.")
    return None


def _replaces_unsaid(facts: Facts, step: Step) -> Refusal | None:
    """A step that was recorded before is replaced only when the new one says which it corrects."""
    if says_new_things_too_late(facts, step):
        return Refusal(
            field="children", reason="Part of this has been acted on; record the other children in a step of their own."
        )
    replaced = replaced_by(facts, step)
    if len(replaced) > 1:
        steps = ", ".join(replaced)
        return Refusal(field="corrects", reason=f"This was recorded before, in {steps}; correct one of them at a time.")
    if replaced and step.corrects != replaced[0]:
        return Refusal(field="corrects", reason=f"This was recorded before; to replace it, correct {replaced[0]}.")
    if step.corrects is None:
        return None
    corrected = facts.entry(step.corrects)
    if corrected is None or type(corrected.step) is not type(step):
        return Refusal(field="corrects", reason="No such step of this kind was recorded.")
    return None


def _broken_rule(facts: Facts, step: Step) -> Refusal | None:
    for rule in RULES:
        if isinstance(step, rule.step) and (field := rule.breaks(facts, step)) is not None:
            return Refusal(field=field, reason=rule.otherwise, clause=rule.clause)
    return None
