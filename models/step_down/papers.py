"""The papers of a step-down: which the family saw and agreed to, and what of them goes to the service."""

from models.effects import Effect
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down.addresses import service_is_safe
from models.step_down.direction import may_reach_service, service_reads_of_children
from models.step_down.facts import StepDownFacts
from models.step_down.steps.consent import Shareable
from models.step_down.steps.sharing import RecordFamilySharing


def by_mail(facts: StepDownFacts) -> bool:
    """SD-20: the service does not use Mosaic."""
    return facts.service is not None and facts.service.mosaic_team is None


def papers_seen(facts: StepDownFacts) -> bool:
    """SD-10, SD-15: the family has seen each document."""
    return all(facts.shared(kind) for kind in facts.papers)


def basis_settled(facts: StepDownFacts) -> bool:
    """The family agreed that each document is the basis (SD-10), or support goes on without it (SD-10a)."""
    seen = [facts.shared(kind) for kind in facts.papers]
    return all(shared is not None and (shared.agreed_as_basis or goes_on_without(facts, shared)) for shared in seen)


def goes_on_without(facts: StepDownFacts, shared: RecordFamilySharing) -> bool:
    """SD-10a: not agreed, and the team manager lets support go on without it."""
    return shared.without_it is not None and facts.granted(shared)


def to_share_again(facts: StepDownFacts) -> bool:
    """SD-10a: a document is not agreed, and the team manager is neither asked to go on without it nor agrees."""
    seen = (facts.shared(kind) for kind in facts.papers)
    refused = (shared for shared in seen if shared is not None and not shared.agreed_as_basis)
    return any(shared.without_it is None or facts.denied(shared) for shared in refused)


@remembered
def agreed_papers(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    """SD-10, SD-15: what the family saw and agreed to, the plan before the assessment; and may be shared (SD-09d)."""
    return tuple(
        shared for shared in _the_basis(facts) if sharing_agreed(facts, shared) and not still_in(facts, shared)
    )


def _the_basis(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    seen = (facts.shared(kind) for kind in facts.papers)
    return tuple(shared for shared in seen if shared is not None and shared.agreed_as_basis)


def sharing_agreed(facts: StepDownFacts, shared: RecordFamilySharing) -> bool:
    """SD-09d: for a child, it was agreed that a document of this kind is shared."""
    return any(child.may_share(what_it_is(facts, shared)) for child in facts.children)


def still_in(facts: StepDownFacts, shared: RecordFamilySharing) -> tuple[str, ...]:
    """SD-09d: the children for whom that was not agreed, and who were not taken out of the document."""
    others = (child.ref for child in facts.children if not child.may_share(what_it_is(facts, shared)))
    return tuple(ref for ref in others if ref not in shared.without_children)


def what_it_is(facts: StepDownFacts, shared: RecordFamilySharing) -> Shareable:
    """The document, as people agree to share it."""
    kind = facts.kind_of(shared.document_ref)
    if kind is None:
        raise ValueError("what the family saw is a document of this transfer")
    return Shareable(kind)


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


def settled_with_service(facts: StepDownFacts) -> bool:
    """The service has the version that the family agreed to; or support goes on without it."""
    return facts.service is not None and basis_settled(facts) and facts.ended(*share_with_service(facts))
