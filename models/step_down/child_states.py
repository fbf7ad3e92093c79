"""What people and systems read of each child on its way through a step-down (SD-38)."""

from models.journey.answers import NOT_ASKED_FOR, ChildState
from models.journey.status import AGREED_FOR, yes_no
from models.step_down.between import answered_for_by
from models.step_down.child import Child
from models.step_down.closure_reason import reason_for_closure, shown_reason
from models.step_down.facts import Paper, StepDownFacts
from models.step_down.moved import may_still_answer
from models.step_down.papers import agreed_papers, children_in, papers_of
from models.step_down.parts import Reaches, reaches
from models.step_down.steps.conversation import ResponseKind
from models.step_down.steps.decision import Decision
from models.step_down.stop import goes_on

NO_RESPONSE = "none"
"""Social work has closed the child's case, and no support was needed."""

TO_PRACTITIONER = {
    Reaches.NOBODY_YET: "",
    Reaches.IN_MOSAIC: " and {named}, in Mosaic",
    Reaches.SENT: " and {named}",
    Reaches.BY_HAND: ", to {named} the part about this child, by hand",
}
"""Whom a document goes to beside the service."""


def child_states(facts: StepDownFacts, ref: str) -> tuple[ChildState, ...]:
    """Consent, agreement, decision, closing, the service's answer, first contact: as people and systems read them."""
    child = facts.child(ref)
    consents = child.consents if child.answered else None
    agreed = child.agreement is not None if child.spoken_of else None
    decided = child.decision.decision if child.decision else None
    answered = child.acknowledgement.accepted if child.acknowledgement else None
    passes_on = decided in {None, Decision.TRANSFER}
    return (
        _told(name="consent_stands", title="consent", value=consents, words=_consent(child)),
        _told(name="agreed_with_service", title="agreed with service", value=agreed, words=_agreed(child)),
        _told(name="practitioner", title="practitioner", value=_named(child), words=_practitioner(child)),
        _told(name="response", title="response", value=_kind_of_response(child), words=_response(child)),
        _told(name="documents", title="documents", value=_sent_to_practitioner(child), words=_documents(child)),
        _told(name="decision", title="decision", value=decided, words=_decided(child)),
        ChildState(name="closure_reason", title="for the census", value=_reason(child), words=_why_closed(child)),
        _told(name="closed_in_mosaic", title="closed in Mosaic", value=child.is_closed, words=yes_no(child.is_closed)),
        _told(
            name="acknowledged",
            title="acknowledged",
            value=answered,
            words=_acknowledged(child) if passes_on else NOT_ASKED_FOR,
        ),
        _told(name="seen", title="seen", value=child.first_contact, words=child.first_contact.words),
        ChildState(name="let_go_to", title="let go to", value=_let_go_to(child), words=NOT_ASKED_FOR),
        ChildState(name=AGREED_FOR, title="seen by", value=_agreed_for(child), words=NOT_ASKED_FOR),
    )


def _told(*, name: str, title: str, value: bool | str | None, words: str) -> ChildState:
    """What the service reads, too, once it may see how it stands with the child (SD-09d)."""
    return ChildState(name=name, title=title, value=value, words=words, for_service=True)


def _consent(child: Child) -> str:
    """What the family said; or that the team manager has still to say what comes of it (SD-09b, SD-09c, SD-09e)."""
    if child.withdrawn_in:
        return child.withdrawn_in.how
    said = yes_no(child.consents if child.answered else None)
    waits = child.waits_for_word or (child.refusal_not_looked_at and not child.closing_begun)
    return f"{said}, waits for the team manager" if waits else said


def _agreed(child: Child) -> str:
    """What the service agreed, and that it does not count where consent does not stand (SD-09)."""
    if not child.spoken_of or child.agreement is None:
        return yes_no(False if child.spoken_of else None)
    no_more = child.answered and not child.consents and child.closing_result is None
    return "yes, without consent" if no_more else "yes"


def _agreed_for(child: Child) -> str | None:
    """The service that may see how it stands with the child; for who reads, not for what people read of it."""
    return child.facts.service_ref if child.shown_to_service else None


def _let_go_to(child: Child) -> str | None:
    """The kind of response to which social work has closed the child's case; None where it has not, or elsewhere.

    For the report, which counts families; people read it in what was decided and agreed.
    """
    if not child.is_closed or child.decision is None or child.died:
        return None
    return {
        Decision.TRANSFER: _kind_of_response(child),
        Decision.UNIVERSAL_ONLY: ResponseKind.UNIVERSAL_SERVICES.value,
        Decision.NO_FURTHER_SUPPORT: NO_RESPONSE,
    }.get(child.decision.decision)


def _named(child: Child) -> str | None:
    return child.practitioner.practitioner if child.practitioner is not None else None


def _practitioner(child: Child) -> str:
    """Who takes over (SD-38), by reference, and whether somebody else is to be named yet."""
    if not child.may_still_pass and not child.passes_on:
        return "-"
    if child.practitioner is None:
        return "not yet, waits for the team manager" if child.named is not None else "not yet"
    return f"{_named(child)}, for now" if child.interim else child.practitioner.practitioner


def _kind_of_response(child: Child) -> str | None:
    return child.talked_over.response if child.talked_over is not None else None


def _response(child: Child) -> str:
    """The kind of response that was agreed for it (SD-27, SD-38)."""
    agreed = child.talked_over.response if child.talked_over is not None else None
    if agreed is None or not (_may_pass(child) or agreed is ResponseKind.UNIVERSAL_SERVICES):
        return NOT_ASKED_FOR
    return agreed.words


def _may_pass(child: Child) -> bool:
    return child.may_still_pass or child.passes_on


def _sent_to_practitioner(child: Child) -> str | None:
    """The documents that whoever takes over is sent, by reference."""
    shared = (one for one in agreed_papers(child.facts) if child in children_in(child.facts, one))
    return " ".join(one.document_ref for one in shared if reaches(child, one) is Reaches.SENT) or None


def _documents(child: Child) -> str:
    """Which documents about it the service gets, and whoever takes it over (SD-31, SD-38)."""
    papers = papers_of(child)
    if not _may_pass(child) or not any(map(child.facts.shared, papers)):
        return NOT_ASKED_FOR
    kinds: dict[str, list[str]] = {}
    for paper in papers:
        kinds.setdefault(_goes(child, paper), []).append(paper.kind.value)
    return ", ".join(f"{' and '.join(of)} {words}" for words, of in kinds.items())


def _goes(child: Child, paper: Paper) -> str:
    shared = child.facts.shared(paper)
    if shared is None:
        return "not seen by the family yet"
    if shared not in agreed_papers(child.facts):
        return "not sent"
    how, named = reaches(child, shared), _named(child)
    said = child.facts.parts_said.get((shared.document_ref, f"{named}", child.ref)) if how is Reaches.BY_HAND else None
    given = {None: "", True: ", given", False: ", not given"}[said]
    return f"to the service{TO_PRACTITIONER[how].format(named=named)}{given}"


def _decided(child: Child) -> str:
    """What was decided, and whether the manager has still to act on it."""
    if child.decision is None:
        if child.stopped and goes_on(child.facts, child.ref):
            return "not yet; the stop is lifted, and waits for the decision about the other children"
        return "not yet, stopped" if child.stopped else "not yet"
    if may_still_answer(child):
        return f"{child.decision.decision.words}, waits for the answer to our notice"
    if child.died and not child.decision.died:
        return f"{child.decision.decision.words}; has died, as was recorded since"
    waits = ", waits for the team manager" if child.waits_for_manager else ""
    return f"{child.decision.decision.words}{waits}"


def _acknowledged(child: Child) -> str:
    """The service's answer; of a child who was given back, with who answers for it (SD-36)."""
    answer = child.acknowledgement
    said = yes_no(None) if answer is None else "yes" if answer.reason is None else f"no, {answer.reason.words}"
    return f"{said}; {answered_for_by(child)}" if child.given_back else said


def _reason(child: Child) -> str | None:
    return shown_reason(child, child.decision) if child.decision is not None else None


def _why_closed(child: Child) -> str:
    """The census's reason for closure, as it is handed to Mosaic with the closing (SD-40)."""
    said = child.decision
    if said is None or not said.decision.closes:
        return NOT_ASKED_FOR
    shown = shown_reason(child, said)
    if shown is not None:
        return shown.words
    known = reason_for_closure(child, said) is not None
    return "for few to read, with `transfers show --in-mosaic`" if known else "not known yet"
