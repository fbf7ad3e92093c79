"""Who may start a journey, and under which id; what a start that came in clear means."""

from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.failures import START_REFUSED
    from models.journey.attention import raise_attention
    from models.journey.facts import Facts
    from models.journey.start import Start
    from workflows.ids import workflow_id

F = TypeVar("F", bound=Facts)


def begun_with(facts: F, *, in_clear: bool) -> F:
    """The facts of a start; a start that came without encryption is told to people."""
    if not in_clear:
        return facts
    return raise_attention(facts, workflow.now(), "in_clear", f"The start of the {facts.request.kind.noun}")


def privacy_of(start: Start, facts: Facts | None) -> str:
    """The class of what a run begins with; with facts that a run before hands over it is for few if one of them is."""
    if facts is None:
        return start.privacy
    classes = {start.privacy, *(entry.step.privacy for entry in facts.steps)}
    classes |= {result.privacy for result in (*facts.effects, *facts.stopped)}
    return "restricted" if "restricted" in classes else "narrative"


def refuse_another_s_name(start: Start) -> None:
    """A journey runs under its own id: under another one it would act in that one's name, outside its keys.

    Raises:
        ApplicationError: it was started under another one.
    """
    if workflow.info().workflow_id != workflow_id(start.kind, start.id):
        said = f"The {start.kind.noun} was started under another id than its own."
        raise ApplicationError(said, "id", type=START_REFUSED, non_retryable=True)


def refuse_second_hand(*, hands_over: bool) -> None:
    """Only a run before may hand something over.

    Raises:
        ApplicationError: somebody else did.
    """
    if hands_over and workflow.info().continued_run_id is None:
        raise ApplicationError("There is no run before this one.", type=START_REFUSED)
