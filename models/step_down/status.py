"""Where a step-down stands, as people and systems read it: one answer for the query, the register and the screens."""

from datetime import datetime
from typing import ClassVar

from models.attention import Attention, Resolution
from models.effects import Effect, EffectKind, EffectResult, Ended
from models.step_down.answers import NextStep, Outcome, Stage
from models.step_down.conditions import close_child
from models.step_down.facts import Facts
from models.step_down.needs import next_steps, outcome, stage, waiting_for
from models.step_down.steps import AcknowledgeTransfer, Decision, ResolveAttention, Step
from models.vocabulary import Frozen, local_time

STAGE_WORDS = {
    Stage.CONSENT: "Consent: the family is asked",
    Stage.SHARING: "Sharing: family and service see the assessment",
    Stage.CONVERSATION: "Conversation with the Early Help contact",
    Stage.DECISION: "Decision, child by child",
    Stage.CLOSURE: "Closure in Mosaic",
    Stage.CONFIRMATION: "Confirmation: letters and the service's acknowledgement",
    Stage.CLOSED: "Closed",
}

OUTCOME_WORDS = {
    Outcome.TRANSFERRED: "Passed to Early Help",
    Outcome.NOT_ELIGIBLE: "Social work still has a role",
    Outcome.CONSENT_REFUSED: "The family did not consent",
    Outcome.NOT_APPROPRIATE: "Not appropriate for the Early Help service",
    Outcome.NO_FURTHER_SUPPORT: "No further support needed",
    Outcome.DUPLICATE: "Not started: a child is in another open transfer",
}

STEP_WORDS = {
    "record_exploration": "recorded what was explored with family and network",
    "record_consent": "recorded the family's answer on consent",
    "record_family_sharing": "recorded that the assessment was shared with the family",
    "record_contact_conversation": "recorded the conversation with the Early Help contact",
    "name_lead_practitioner": "named the practitioner who takes over",
    "record_advice_summary": "recorded the summary of advice",
    "decide_children": "recorded the decision for the children",
    "approve_letters": "approved the letters",
    "acknowledge_transfer": "answered for the Early Help service",
    "resolve_attention": "dealt with an item that needed attention",
}

EFFECT_WORDS = {
    EffectKind.SHARE_DOCUMENT: "share the assessment with the service in Mosaic",
    EffectKind.REQUEST_CONVERSATION: "ask the contact for the conversation by e-mail",
    EffectKind.CLOSE_CHILD: "close a child in Mosaic",
    EffectKind.SEND_ADVICE_SUMMARY: "send the summary of advice to the practitioner",
    EffectKind.SEND_LETTER: "send a letter",
}

RESOLUTION_WORDS = {
    Resolution.RETRY: "try again",
    Resolution.DONE_BY_HAND: "done by hand",
    Resolution.SKIP: "left out",
}

ENDED_WORDS = {
    Ended.DONE: "done",
    Ended.FOUND_DONE: "found done",
    Ended.BY_HAND: "done by hand",
    Ended.SKIPPED: "left out",
}


class ChildStatus(Frozen):
    """One child's way through the transfer; None where not yet known."""

    ref: str
    consent_stands: bool | None
    agreed_with_service: bool | None
    decision: Decision | None
    closed_in_mosaic: bool
    acknowledged: bool | None


class TimelineEntry(Frozen):
    """Something that happened: when, when it was recorded, who, what."""

    at: datetime
    recorded_at: datetime
    who: str
    what: str
    note: str | None = None
    """What a person added in their own words; not shown in the Temporal UI."""


class Status(Frozen):
    """The answer of the ``status`` query."""

    privacy: ClassVar[str] = "narrative"
    id: str
    route: str
    stage: Stage
    outcome: Outcome | None
    service_ref: str
    service_name: str | None
    social_work_team: str
    waiting_for: tuple[str, ...]
    next_steps: tuple[NextStep, ...]
    children: tuple[ChildStatus, ...]
    attention: tuple[Attention, ...]
    timeline: tuple[TimelineEntry, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether something waits for a person to put right."""
        return any(item.open for item in self.attention)


def status(facts: Facts) -> Status:
    """Read the facts into one answer."""
    return Status(
        id=facts.request.id,
        route=facts.request.route,
        stage=stage(facts),
        outcome=outcome(facts),
        service_ref=facts.request.service_ref,
        service_name=facts.opening.service.name if facts.opening else None,
        social_work_team=facts.request.social_work_team,
        waiting_for=waiting_for(facts),
        next_steps=next_steps(facts),
        children=tuple(_child(facts, child) for child in facts.child_refs),
        attention=facts.attention,
        timeline=timeline(facts),
    )


def _child(facts: Facts, child: str) -> ChildStatus:
    decision, answer = facts.decision(child), facts.acknowledgement(child)
    return ChildStatus(
        ref=child,
        consent_stands=facts.consents(child) if facts.consent else None,
        agreed_with_service=facts.agreement(child) is not None if facts.conversation else None,
        decision=decision.decision if decision else None,
        closed_in_mosaic=_closed(facts.result(close_child(child))),
        acknowledged=answer.accepted if answer else None,
    )


def _closed(result: EffectResult | None) -> bool:
    return result is not None and result.ended is not Ended.SKIPPED


def _note(step: Step) -> str | None:
    if isinstance(step, AcknowledgeTransfer):
        declined = [f"{child.ref} declined: {child.reason}" for child in step.children if not child.accepted]
        return "; ".join(declined) or None
    return step.note if isinstance(step, ResolveAttention) else None


def effect_words(effect: Effect) -> str:
    """What an effect does, and to what, in one line."""
    return f"{_capital(EFFECT_WORDS[effect.kind])}: {effect.subject}"


def timeline(facts: Facts) -> tuple[TimelineEntry, ...]:
    """What happened, oldest first."""
    start = TimelineEntry(
        at=facts.opened_at, recorded_at=facts.opened_at, who="system", what="The transfer was started"
    )
    steps = (
        TimelineEntry(
            at=entry.step.occurred_at,
            recorded_at=entry.accepted_at,
            who=f"{entry.step.actor.role.words} {entry.step.actor.id}",
            what=step_words(entry.step),
            note=_note(entry.step),
        )
        for entry in facts.steps
    )
    effects = (
        TimelineEntry(
            at=result.at,
            recorded_at=result.at,
            who="system",
            what=f"{effect_words(result.effect)}: {ENDED_WORDS[result.ended]} ({result.evidence})",
        )
        for result in facts.effects
    )
    raised = (
        TimelineEntry(at=i.since, recorded_at=i.since, who="system", what=f"Needs attention: {i.words.happened}")
        for i in facts.attention
    )
    asked = (
        TimelineEntry(at=at, recorded_at=at, who="Temporal UI", what="Somebody asked to cancel; a transfer goes on")
        for at in facts.cancel_requests
    )
    return tuple(sorted((start, *steps, *effects, *raised, *asked), key=lambda entry: entry.recorded_at))


def step_words(step: Step) -> str:
    """What a step says, in one line."""
    words = _capital(STEP_WORDS[step.step])
    if isinstance(step, ResolveAttention):
        return f"{words}: {step.attention_id}, {RESOLUTION_WORDS[step.resolution]}"
    return f"{words} (corrects {step.corrects})" if step.corrects else words


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def details(now: Status) -> str:
    """The current details that the Temporal UI shows, in Markdown."""
    lines = [f"## {STAGE_WORDS[now.stage]}", ""]
    if now.outcome is not None:
        lines += [f"**{OUTCOME_WORDS[now.outcome]}.**", ""]
    lines += [f"Early Help service: {now.service_name or now.service_ref}", ""]
    lines += _attention_lines(now) + _missing_lines(now)
    lines += ["| child | consent | agreed | decision | closed in Mosaic | acknowledged |", "|---|---|---|---|---|---|"]
    lines += [_child_line(child) for child in now.children]
    lines += ["", "**What happened**", ""]
    lines += [f"- {local_time(entry.recorded_at)}: {entry.what} ({entry.who})" for entry in now.timeline]
    return "\n".join(lines)


def _attention_lines(now: Status) -> list[str]:
    lines = [
        f"- **{item.id}** {item.what}: {item.words.happened} {item.words.advice} (since {local_time(item.since)})"
        for item in now.attention
        if item.open
    ]
    return ["**Needs attention by operations**", "", *lines, ""] if lines else []


def _missing_lines(now: Status) -> list[str]:
    lines = [f"- {need.who.words if need.who else 'system'}: {need.words}" for need in now.next_steps]
    return ["**Waits for**", "", *lines, ""] if lines else []


def yes_no(value: bool | None) -> str:
    """An answer in words."""
    return {True: "yes", False: "no", None: "not yet"}[value]


def _child_line(child: ChildStatus) -> str:
    decision = child.decision.words if child.decision else "not yet"
    return (
        f"| {child.ref} | {yes_no(child.consent_stands)} | {yes_no(child.agreed_with_service)} | {decision} "
        f"| {yes_no(child.closed_in_mosaic)} | {yes_no(child.acknowledged)} |"
    )
