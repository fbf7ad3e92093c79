"""The step-down that is offered where an assessment ends without social work, and needs remain (SU-07)."""

from typing import Any

from models.journey.new_step import NewStep, empty
from models.journey.start import Linked
from models.step_down.start import Criteria, Document, DocumentKind, Route, StepDownRequest
from models.step_up.facts import StepUpFacts
from models.step_up.linked import with_needs


def start_out_of(facts: StepUpFacts) -> NewStep | None:
    """Its start, with all that is known; what a person has to say is left empty. None where nothing is offered."""
    children, request = with_needs(facts), facts.request
    if not children:
        return None
    said: dict[str, Any] = {name: place for name, place in empty(StepDownRequest, {}).items() if name != "id"}
    said |= {
        "children": [{"ref": child} for child in children],
        "family_ref": request.family_ref,
        "service_ref": facts.service_ref,
        "restricted": request.restricted,
        "out_of": Linked(kind=request.kind, id=request.id).model_dump(mode="json", exclude_defaults=True),
        "route": Route.ASSESSMENT.value,
        "documents": [{**empty(Document, {}), "kind": DocumentKind.ASSESSMENT.value}],
        "criteria": empty(Criteria, {}),
    }
    return NewStep(content={"journey": StepDownRequest.kind.value, **said})
