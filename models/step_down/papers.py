"""The papers of a step-down: which the family saw and agreed to, and what of them goes to the service."""

from models.effects import Effect
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down.addresses import service_is_safe
from models.step_down.child import Child
from models.step_down.direction import left_out, may_reach_service, service_reads_of_children, undecided
from models.step_down.facts import Paper, StepDownFacts
from models.step_down.steps.consent import Shareable
from models.step_down.steps.decision import Decision
from models.step_down.steps.sharing import RecordFamilySharing


def by_mail(facts: StepDownFacts) -> bool:
    """SD-20: the service does not use Mosaic."""
    return facts.service is not None and facts.service.mosaic_team is None


@remembered
def needed(facts: StepDownFacts) -> tuple[Paper, ...]:
    """What has to be settled: the papers of the children who may still pass to Early Help."""
    may_pass = {child.ref for child in undecided(facts) if not left_out(child)}
    return tuple(paper for paper in facts.papers if paper.about & may_pass)


def papers_of(child: Child) -> tuple[Paper, ...]:
    """SD-38: the papers that are about this child."""
    return tuple(paper for paper in child.facts.papers if child.ref in paper.about)


def papers_seen(facts: StepDownFacts) -> bool:
    """SD-10, SD-15: the family has seen each document that has to be settled."""
    return all(facts.shared(paper) for paper in needed(facts))


def is_settled(facts: StepDownFacts, paper: Paper) -> bool:
    """The family agreed that it is the basis (SD-10), or support goes on without it (SD-10a)."""
    shared = facts.shared(paper)
    return shared is not None and (shared.agreed_as_basis or goes_on_without(facts, shared))


def goes_on_without(facts: StepDownFacts, shared: RecordFamilySharing) -> bool:
    """SD-10a: not agreed, and the team manager lets support go on without it."""
    return shared.without_it is not None and facts.granted(shared)


def to_share_again(facts: StepDownFacts) -> bool:
    """SD-10a: a document is not agreed, and the team manager is neither asked to go on without it nor agrees."""
    seen = (facts.shared(paper) for paper in needed(facts))
    refused = (shared for shared in seen if shared is not None and not shared.agreed_as_basis)
    return any(shared.without_it is None or facts.denied(shared) for shared in refused)


@remembered
def agreed_papers(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    """SD-10, SD-15: what the family saw and agreed to, the plan before the assessment; and may be shared (SD-09d)."""
    return tuple(
        shared for shared in _the_basis(facts) if sharing_agreed(facts, shared) and not still_in(facts, shared)
    )


def _the_basis(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    seen = (facts.shared(paper) for paper in facts.papers)
    return tuple(shared for shared in seen if shared is not None and shared.agreed_as_basis)


def children_in(facts: StepDownFacts, shared: RecordFamilySharing) -> tuple[Child, ...]:
    """The children whom the document is about."""
    paper = facts.paper(shared.document_ref)
    return tuple(child for child in facts.children if paper is not None and child.ref in paper.about)


def sharing_agreed(facts: StepDownFacts, shared: RecordFamilySharing) -> bool:
    """SD-09d: for a child whom it is about, and who may pass on, it was agreed that such a document is shared."""
    may_pass = (child for child in children_in(facts, shared) if _may_pass(child))
    return any(child.may_share(what_it_is(facts, shared)) for child in may_pass)


def _may_pass(child: Child) -> bool:
    """Not decided, or decided to pass on; or it has."""
    return child.decision is None or child.is_decided(Decision.TRANSFER)


def still_in(facts: StepDownFacts, shared: RecordFamilySharing) -> tuple[str, ...]:
    """SD-09d: the children for whom that was not agreed, and who were not taken out of the document.

    Brothers and sisters are asked about, too, where it is about one child: they are seldom missing in it.
    """
    others = (child.ref for child in facts.children if not child.may_share(what_it_is(facts, shared)))
    return tuple(ref for ref in others if ref not in shared.without_children)


def what_it_is(facts: StepDownFacts, shared: RecordFamilySharing) -> Shareable:
    """The document, as people agree to share it."""
    paper = facts.paper(shared.document_ref)
    if paper is None:
        raise ValueError("what the family saw is a document of this transfer")
    return Shareable(paper.kind)


def nobody_still_in(facts: StepDownFacts) -> bool:
    """SD-09d: of each document that is to go to the service, those who did not agree to that were taken out."""
    waiting = (shared for shared in _the_basis(facts) if sharing(facts, shared) not in facts.begun)
    return not any(sharing_agreed(facts, shared) and still_in(facts, shared) for shared in waiting)


@remembered
def papers_for_service(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    """SD-11: what the service is to have: while a child may pass to it, and of those who have."""
    may_have_it = may_reach_service(facts) or (service_reads_of_children(facts) and service_is_safe(facts))
    return agreed_papers(facts) if may_have_it else ()


@remembered
def share_with_service(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-11: each document in the version that the family agreed to, unless the service is not to have it."""
    return tuple(sharing(facts, shared) for shared in papers_for_service(facts))


def sharing(facts: StepDownFacts, shared: RecordFamilySharing) -> Effect:
    """This version, with the service that the transfer goes to now: in Mosaic, or by e-mail where it has none."""
    return Effect(
        kind=EffectKind.MAIL_DOCUMENT if by_mail(facts) else EffectKind.SHARE_DOCUMENT,
        document=shared.document_ref,
        version=shared.version,
        service=facts.service_ref,
    )


def seen_since(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-11: a version that the family agreed to while its children were being closed, or after, waits for no stage."""
    return () if may_reach_service(facts) else share_with_service(facts)


def settled_with_service(child: Child) -> bool:
    """The service has the version that the family agreed to of each paper of the child; or it goes on without it."""
    facts, papers = child.facts, papers_of(child)
    about = {shared.document_ref for paper in papers if (shared := facts.shared(paper)) is not None}
    going = (effect for effect in share_with_service(facts) if effect.document in about)
    settled = all(is_settled(facts, paper) for paper in papers)
    return facts.service is not None and settled and facts.ended(*going)
