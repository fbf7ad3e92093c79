"""What is looked at before something is started or sent: services, children, and the item that is meant."""

from collections.abc import Callable
from datetime import datetime

from client.errors import InputError
from client.ports import Differences, OpenChildren, Persons, Services
from models.attention import Attention
from models.journey.answers import Receipt
from models.journey.refusing import wrong_sender_or_time
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.operations.differences import may_be_accepted
from models.step_down.family import NOT_BORN_YET
from models.vocabulary import LONDON
from models.wrong_input import Flaw


def refuse_unknown_service(names_service: Start | Step, directory: Services) -> None:
    """Check what only the directory knows, before anything is started or sent; harm in a start is taken all the same.

    Raises:
        InputError: the service is unknown.
    """
    if isinstance(names_service, Start) and names_service.says_harm:
        return
    ref = names_service.service_ref if isinstance(names_service, Start) else names_service.goes_to
    if ref is not None and directory.service(ref) is None:
        raise InputError(Flaw.of("service_ref", "The service directory does not know this service."))


def refuse_not_born_yet(request: Start, at: datetime) -> None:
    """Check the days of birth, where the start says any: the journey would refuse them as it opens (SD-09b).

    Raises:
        InputError: one of them has not come by then.
    """
    later = request.born_after(at.astimezone(LONDON).date())
    if later is not None:
        raise InputError(Flaw.of(later, NOT_BORN_YET))


def refuse_mistyped_moment(request: Start, at: datetime) -> None:
    """Check when it is said to have been received, before it is started; harm in a start is taken all the same (ER-10).

    Raises:
        InputError: it lies in the future, or more than ten years back.
    """
    field = None if request.says_harm else request.mistyped_moment(at)
    if field is not None:
        raise InputError(
            Flaw.of(
                field, "When it was received lies in the future, or more than ten years back: see to the year (ER-10)."
            )
        )


def refuse_unknown_children(
    request: Start, register: OpenChildren, mosaic: Persons, sees: Callable[[str], bool] = lambda _: True
) -> None:
    """Check what only Mosaic and the register know, before something is started that does not begin anyhow.

    Which transfer holds a child is said to whoever ``sees`` that one, by its id.

    Raises:
        InputError: a line for each child that Mosaic does not know, or that another open transfer holds.
    """
    if request.begins_anyhow:
        return
    wrong: list[Flaw] = []
    for place, child in enumerate(request.children):
        if not mosaic.knows_person(child.ref):
            wrong.append(Flaw.of(f"children.{place}.ref", f"Mosaic does not know child {child.ref}."))
        if (holder := register.open_transfer_of(child.ref, request.held_by)) is not None and holder != request.id:
            held = f"in the open transfer {holder}" if sees(holder) else "in another open transfer; ask operations"
            wrong.append(Flaw.of(f"children.{place}.ref", f"Child {child.ref} is {held}."))
    if wrong:
        raise InputError(*wrong)


def item_meant(step: ResolveAttention, now: Status) -> Attention | None:
    """The open item that a step puts right; people may name it by its problem, as ``locked``: the first such one."""
    return next((item for item in now.attention if item.open and step.attention_id in {item.id, item.problem}), None)


def refuse_several_items(step: Step, now: Status) -> None:
    """Check that the name of a problem means one item alone.

    Raises:
        InputError: several open items have it.
    """
    if not isinstance(step, ResolveAttention):
        return
    alike = [item.id for item in now.attention if item.open and item.problem == step.attention_id]
    if len(alike) > 1:
        raise InputError(
            Flaw.of("attention_id", f"Several items are so: say which one by its number: {', '.join(alike)}.")
        )


def with_item_meant(step: Step, now: Status) -> Step:
    """The step with the number of the item that it puts right, where it names it otherwise."""
    item = item_meant(step, now) if isinstance(step, ResolveAttention) else None
    return step.model_copy(update={"attention_id": item.id}) if item else step


def answer_in_register(
    step: ResolveAttention, item: Attention, shown: Status, kept: Differences, at: datetime
) -> Receipt:
    """Answer an item that the register alone shows: no workflow takes the answer, and it is kept there.

    Raises:
        InputError: the item does not take this answer, or not from this sender.
    """
    if not may_be_accepted(item, step.resolution):
        raise InputError(f"{item.id} ends when `transfers reconcile` does not find it any more.")
    if (refused := wrong_sender_or_time(step, at)) is not None:
        raise InputError(Flaw(refused.field, refused.reason, refused.words), refusal=refused)
    kept.accept_difference(shown.id, step)
    return Receipt(
        step_id=step.step_id,
        step=step.step,
        accepted_at=step.occurred_at,
        stage=shown.stage,
        stage_words=shown.stage_words,
        next_steps=shown.next_steps,
    )
