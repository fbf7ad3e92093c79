"""The papers of a step-down: which the family saw and agreed to, and what of them goes to the service."""

from models.effects import Effect
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down.direction import may_reach_service, service_reads_of_children
from models.step_down.facts import StepDownFacts
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


def agreed_papers(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    """SD-10, SD-15: what the family saw and agreed to, the plan before the assessment."""
    seen = (facts.shared(kind) for kind in facts.papers)
    return tuple(shared for shared in seen if shared is not None and shared.agreed_as_basis)


@remembered
def papers_for_service(facts: StepDownFacts) -> tuple[RecordFamilySharing, ...]:
    """SD-11: what the service is to have: while a child may pass to it, and of those who have."""
    return agreed_papers(facts) if may_reach_service(facts) or service_reads_of_children(facts) else ()


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
