"""What is looked at before something is started or sent."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client.checks import answer_in_register, refuse_mistyped_moment, refuse_not_born_yet, refuse_unknown_children
from client.errors import InputError
from models.attention import Resolution
from models.journey.steps import ResolveAttention
from models.operations.differences import Difference, DifferenceKind, show
from models.vocabulary import Actor, Role
from tests.builders import NOW, born, facts_closed, family, request, resolution
from tests.help_requests import request as help_request
from tests.step_down import status


class Kept:
    """What was kept of differences that stay as they are."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str]] = []

    def accept_difference(self, transfer_id: str, step: ResolveAttention) -> None:
        self.accepted.append((transfer_id, step.attention_id))


class Outside:
    """Mosaic and the register, as far as they know children."""

    def __init__(self, known: set[str], held: dict[str, str]) -> None:
        self.known, self.held = known, held

    def knows_person(self, ref: str) -> bool:
        return ref in self.known

    def open_transfer_of(self, child_ref: str, among: Collection[str] | None = None) -> str | None:
        return self.held.get(child_ref)


def test_every_child_that_cannot_be_transferred_is_named_at_once() -> None:
    asked = request("child-1", "child-2", "child-3", id="t-1")
    outside = Outside({"child-1", "child-3"}, {"child-1": "t-1", "child-3": "t-9"})
    with pytest.raises(InputError) as error:
        refuse_unknown_children(asked, outside, outside)
    assert str(error.value).splitlines() == [
        "Mosaic does not know child child-2.",
        "Child child-3 is in the open transfer t-9.",
    ]


@pytest.mark.clause("SD-09b")
def test_a_day_of_birth_that_has_not_come_is_named_before_anything_is_started() -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    later = request(family=family(children=(born(born_on=tomorrow),)))
    with pytest.raises(InputError, match="This day of birth had not come"):
        refuse_not_born_yet(later, NOW)
    refuse_not_born_yet(later, NOW + timedelta(days=1))


@pytest.mark.clause("ER-10")
def test_a_request_is_not_started_with_a_receipt_that_nobody_can_count_from_unless_harm_stands_in_it() -> None:
    mailbox = {"channel": "central_mailbox", "at": NOW}
    refuse_mistyped_moment(help_request(received=mailbox), NOW)
    refuse_mistyped_moment(request(), NOW)
    for slip in ({"at": NOW.replace(year=1926)}, {"at": NOW + timedelta(days=365)}):
        with pytest.raises(InputError, match="lies in the future, or more than ten years back") as error:
            refuse_mistyped_moment(help_request(received={**mailbox, **slip}), NOW)
        assert [flaw.field for flaw in error.value.flaws] == ["received.at"]
        harm = {"children": ({"ref": "child-1"},), "concern": "New marks."}
        refuse_mistyped_moment(help_request(received={**mailbox, **slip}, harm=harm), NOW)
    with pytest.raises(InputError, match="in the future"):
        refuse_mistyped_moment(help_request(received={**mailbox, "central_at": NOW + timedelta(days=1)}), NOW)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"actor": Actor(id="kim", role=Role.EARLY_HELP_CONTACT)},
            "Only the operations records this, not Early Help contact kim.",
        ),
        ({"occurred_at": datetime(2999, 1, 1, tzinfo=UTC)}, "Record what happened once it has happened"),
        ({"resolution": Resolution.DONE_BY_HAND}, "R1 ends when"),
    ],
    ids=["not operations", "not yet", "not accepted as it is"],
)
def test_what_the_register_alone_shows_is_accepted_as_it_is_by_operations_alone(
    changes: dict[str, Any], why: str
) -> None:
    shown = status(facts_closed())
    about = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id=shown.id, subject="child-a")
    shown = show(shown, [about], NOW, all_compared=True)
    step = resolution("R1", Resolution.SKIP).model_copy(update=changes)
    with pytest.raises(InputError, match=f"^{re.escape(why)}"):
        answer_in_register(step, shown.attention[-1], shown, Kept(), NOW)


def test_an_answer_to_what_the_register_alone_shows_is_kept_there() -> None:
    shown, kept = status(facts_closed()), Kept()
    about = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id=shown.id, subject="child-a")
    shown = show(shown, [about], NOW, all_compared=True)
    receipt = answer_in_register(resolution("R1", Resolution.SKIP), shown.attention[-1], shown, kept, NOW)
    assert kept.accepted == [(shown.id, "R1")]
    assert receipt.stage == shown.stage
