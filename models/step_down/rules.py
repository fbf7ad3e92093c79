"""Which step may come now, who may record it, and what it may say: rows with their clause."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.attention import Resolution
from models.effects import Effect, EffectKind
from models.step_down.answers import Refusal, Stage
from models.step_down.conditions import (
    CLOSING,
    INTERLOCK,
    Lock,
    advice_summary,
    close_child,
    consent_stands,
    letters,
    share_with_service,
    shared_with_service,
    wanted,
)
from models.step_down.facts import Facts
from models.step_down.needs import stage
from models.step_down.steps import (
    AcknowledgeTransfer,
    ApproveLetters,
    DecideChildren,
    Decision,
    LetterAudience,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordExploration,
    RecordFamilySharing,
    ResolveAttention,
    Shareable,
    Step,
)
from models.vocabulary import Role

CLOCK_SKEW = timedelta(minutes=1)
"""How far two machines' clocks may differ before a step counts as in the future."""

SW, EH = Role.SOCIAL_WORKER, Role.EARLY_HELP_SERVICE

WHO: dict[type[Step], frozenset[Role]] = {
    RecordExploration: frozenset({SW}),
    RecordConsent: frozenset({SW}),
    RecordFamilySharing: frozenset({SW}),
    RecordContactConversation: frozenset({SW, Role.EARLY_HELP_CONTACT}),
    NameLeadPractitioner: frozenset({SW, EH}),
    RecordAdviceSummary: frozenset({SW}),
    DecideChildren: frozenset({SW}),
    ApproveLetters: frozenset({SW}),
    AcknowledgeTransfer: frozenset({EH}),
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


def _acted_on(effect: Callable[[Facts], Effect | None]) -> Callable[[Facts, Step], str | None]:
    """A fact is replaced only until it has been acted on.

    What was begun counts as acted on; what waits for a person because it certainly did not happen does not.
    """

    def acted_on(facts: Facts, step: Step) -> str | None:  # noqa: ARG001 (a row is asked with facts and step)
        begun = effect(facts)
        certain_not = any(
            begun is not None and item.effect == begun.id and item.problem != "unclear" for item in facts.open_attention
        )
        return "step" if begun in facts.begun and not certain_not else None

    return acted_on


def _changes_a_letter_that_left(facts: Facts, step: ApproveLetters) -> bool:
    left = {effect.subject for effect in letters(facts) if effect in facts.begun}
    return any(letter.letter_id in left and letter not in step.letters for letter in facts.letters or ())


MUST_BE = (EffectKind.SHARE_DOCUMENT, EffectKind.CLOSE_CHILD)
"""Effects that, while they are wanted, a person may do by hand but nobody may leave out."""


def _waits_and_is_wanted(facts: Facts, attention_id: str) -> Effect | None:
    waiting = {item.effect for item in facts.open_attention if item.id == attention_id}
    return next((effect for effect in wanted(facts) if effect.id in waiting), None)


def _leaves_out_what_must_be(facts: Facts, step: ResolveAttention) -> bool:
    effect = _waits_and_is_wanted(facts, step.attention_id)
    return step.resolution is Resolution.SKIP and effect is not None and effect.kind in MUST_BE


def _tries_what_is_not_wanted(facts: Facts, step: ResolveAttention) -> bool:
    waits = any(item.id == step.attention_id for item in facts.open_attention)
    return step.resolution is Resolution.RETRY and waits and _waits_and_is_wanted(facts, step.attention_id) is None


RULES = (
    Rule(
        "SD-09",
        RecordConsent,
        _field("service_ref", lambda f, s: s.service_ref != f.request.service_ref),
        "Consent names the service of this transfer.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _field("children", lambda f, s: set(s.children_named()) != set(f.child_refs)),
        "Consent is recorded for each child of this transfer.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _field("may_share", lambda f, s: any(c.stands for c in s.children) and set(s.may_share) != set(Shareable)),
        "Agreement says what may be shared: on this route the assessment and the advice summary.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        lambda f, s: "step" if f.begun else None,
        "Something has been done on the consent recorded before; it can no longer be replaced.",
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
        "SD-11",
        RecordFamilySharing,
        _acted_on(share_with_service),
        "The version recorded before has been shared with the service; it can no longer be replaced.",
    ),
    Rule(
        "SD-08",
        RecordContactConversation,
        _field("children", lambda f, s: s.appropriate and set(s.children_named()) != set(f.child_refs)),
        "The conversation says for each child of this transfer whether it was agreed.",
    ),
    Rule(
        "SD-08",
        RecordContactConversation,
        lambda f, s: "step" if any(f.decision(child) for child in f.child_refs) else None,
        "Children have been decided on the conversation recorded before.",
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
        _passes_on_before(shared_with_service),
        "The version that the family agreed to is with the service before the decision.",
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
            lambda f, s: (
                f.policy.closure_needs_manager
                and (
                    s.authorised_by is None
                    or s.authorised_by.role is not Role.TEAM_MANAGER
                    or s.authorised_by.id == s.actor.id
                )
            ),
        ),
        "The team manager, not the one who records it, authorises the decision (policy of this council).",
    ),
    Rule(
        "SD-23",
        DecideChildren,
        lambda f, s: "step" if {*map(close_child, f.child_refs), *letters(f)} & set(f.begun) else None,
        "Children are being closed, or letters sent, on the decisions recorded before.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _field(
            "letters",
            lambda f, s: (
                not consent_stands(f) and any(letter.audience is not LetterAudience.FAMILY for letter in s.letters)
            ),
        ),
        "Without the family's consent only the family is written to.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _field("letters", _changes_a_letter_that_left),
        "A letter that was sent stays as it is; what changes later is a new letter with its own letter_id.",
    ),
    Rule(
        "SD-28",
        NameLeadPractitioner,
        _acted_on(advice_summary),
        "The summary of advice has gone to the practitioner named before.",
    ),
    Rule("SD-30", RecordAdviceSummary, _acted_on(advice_summary), "The summary of advice has been sent."),
    Rule(
        "SD-35",
        AcknowledgeTransfer,
        _child_field(
            "ref", lambda f, c: f.result(close_child(c.ref)) is None or c.ref not in f.decided(Decision.TRANSFER)
        ),
        "This child has not been passed on to the service.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("attention_id", lambda f, s: s.attention_id not in {item.id for item in f.open_attention}),
        "No such item waits for attention.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("resolution", _leaves_out_what_must_be),
        "This must not be left out: do it by hand and record that, or retry.",
    ),
    Rule(
        None,
        ResolveAttention,
        _field("resolution", _tries_what_is_not_wanted),
        "This is no longer wanted, as what it rests on was corrected: leave it out.",
    ),
)


def refusal(facts: Facts, step: Step, now: datetime) -> Refusal | None:
    """Why the step is not taken now; None where it is. ``now`` is the transfer's own time."""
    known = facts.entry(step.step_id)
    if known is not None:
        same = known.step == step
        return None if same else Refusal(field="step_id", reason="This step_id was used for another step.")
    return _unfit(facts, step, now) or _replaces_unsaid(facts, step) or _broken_rule(facts, step)


def _unfit(facts: Facts, step: Step, now: datetime) -> Refusal | None:
    """What holds for every step: the transfer is open, the role may, the time has come, the children are known."""
    if stage(facts) is Stage.CLOSED:
        return Refusal(field="step", reason="This transfer is closed.")
    if step.actor.role not in WHO[type(step)]:
        may = " or ".join(sorted(role.words for role in WHO[type(step)]))
        return Refusal(field="actor.role", reason=f"Only the {may} records this step.")
    if step.occurred_at > now + CLOCK_SKEW:
        return Refusal(field="occurred_at", reason="This is in the future.")
    named = step.children_named()
    for place, child in enumerate(named):
        if child not in facts.child_refs:
            return Refusal(field=f"children.{place}.ref", reason="This child is not in this transfer.")
        if child in named[:place]:
            return Refusal(field=f"children.{place}.ref", reason="This child is named twice.")
    return None


REPLACED_WHOLE = (
    RecordExploration,
    RecordConsent,
    RecordFamilySharing,
    RecordContactConversation,
    NameLeadPractitioner,
    ApproveLetters,
)


def _replaces_unsaid(facts: Facts, step: Step) -> Refusal | None:
    """A step that was recorded before is replaced only when the new one says which it corrects."""
    before = facts.last_of(type(step)) if isinstance(step, REPLACED_WHOLE) else None
    if before is not None and step.corrects != before.step_id:
        return Refusal(field="corrects", reason=f"This was recorded before; to replace it, correct {before.step_id}.")
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
