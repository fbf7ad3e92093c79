"""A closed child between two services: who answers for it, and which ways are open (SD-29, SD-35, SD-36)."""

from collections.abc import Iterator

from models.journey.answers import Way
from models.journey.steps import step_name
from models.step_down.child import Child
from models.step_down.direction import all_talked_about, given_back, service_has_children, undecided
from models.step_down.facts import StepDownFacts
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.decision import RecordDecisions, RecordManagementConversation
from models.step_down.steps.first_contact import RecordFirstContact
from models.step_down.steps.transfer import ChangeService

TALKED = "You have talked with the Targeted Services Leader: record what you agreed"
TAKEN = "The service takes the child after all: it answers again"
SEEN = "The service sees the child after all: it records who saw it"
ANOTHER = "Another service is named, for all children this one did not take; the family is asked for consent again"
OTHERWISE = "Something else is decided: the child stays with social work, or the case closes without Early Help"
STAYS = "The child stays with social work"


def answered_for_by(child: Child) -> str:
    """SD-36: who answers for a child who was given back, until it is placed or its case is open again."""
    return f"{child.facts.called(child.facts.team_manager)} answers for the child"


def another_may_be_named(facts: StepDownFacts) -> bool:
    """This service has no children, and somebody is left who could go to another one."""
    return not service_has_children(facts) and bool(undecided(facts) or given_back(facts))


def ways(facts: StepDownFacts) -> Iterator[Way]:
    """SD-36: what may be recorded now of the children who were given back, and is taken."""
    if not all_talked_about(facts):
        yield Way(words=TALKED, step=step_name(RecordManagementConversation))
    for child in given_back(facts):
        if child.not_accepted and not facts.harm_stands:
            yield Way(words=TAKEN, step=step_name(AcknowledgeTransfer), child=child.ref)
        elif not child.not_accepted:
            yield Way(words=SEEN, step=step_name(RecordFirstContact), child=child.ref)
    if _another_service(facts):
        yield Way(words=ANOTHER, step=step_name(ChangeService))
    for child in given_back(facts):
        if child.talked_about and child.decided_in is not None:
            yield Way(
                words=STAYS if facts.harm_stands else OTHERWISE,
                step=step_name(RecordDecisions),
                child=child.ref,
                corrects=child.decided_in.step_id,
            )


def _another_service(facts: StepDownFacts) -> bool:
    """What the rules ask of it; where the service has taken a brother or a sister, it needs another transfer."""
    goes_on = facts.cancelled is None and not facts.harm_stands and facts.request.criteria.met
    return goes_on and another_may_be_named(facts) and all_talked_about(facts)
