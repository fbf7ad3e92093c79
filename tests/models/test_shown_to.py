"""What somebody sees of how a journey stands, who does not see all of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from models.access import Part, View
from models.attention import Attention, Resolution
from models.journey.answers import CLOSED, About, ChildState, NextStep, Receipt, Today, Way
from models.journey.clocks import ClockState
from models.journey.harm_outcome import HarmOutcome
from models.journey.recorded import Alert
from models.journey.start import Linked
from models.journey.status import AGREED_FOR, ChildStatus, ClockStatus, HarmStatus, HeldStatus, Status
from models.journey.timeline import TimelineEntry
from models.kinds import ClockKind
from models.mosaic import DocumentVersion
from models.operations.shown_to import (
    GOES_ON_BY_ITSELF,
    IT_HAS_ENDED,
    OTHERS_ACT,
    PLAIN_OF_ENTRY,
    PLAIN_OF_ITEM,
    SERVICE_KEEPS,
    receipt_shown_to,
    shown_to,
)
from models.step_down.facts import StepDownFacts
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.conversation import RecordContactConversation
from models.step_up.start import ReferrerKind
from models.step_up.steps.assessment import Assessed
from models.vocabulary import Actor, Role
from tests import step_ups
from tests.builders import (
    CHILD,
    CONTACT,
    MANAGER,
    NOW,
    SERVICE,
    SIBLING,
    by_power,
    cancellation,
    child_consent,
    consent,
    conversation,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    facts_declined,
    harm_report,
    not_agreed,
    offer,
    other_service,
    refused_consent,
    sharing_basis,
    withdrawal,
    withheld,
)
from tests.step_down import status

WHOLE = (View(part=Part.EVERYTHING), View(part=Part.WITHOUT_RESTRICTED))
PLAINLY = View(part=Part.WITHOUT_NARRATIVE)
BOTH = frozenset({CHILD, SIBLING})
FRONT_DOOR = ("duty-and-advice", "emergency-duty-team")
"""By day, and out of hours."""


def of_children(*refs: str) -> View:
    return View(part=Part.THESE_CHILDREN, children=frozenset(refs or {CHILD}))


FOR_ALL = frozenset()
DECIDED: dict[type[BaseModel], tuple[frozenset[str], frozenset[str]]] = {
    Status: (
        SERVICE_KEEPS,
        frozenset(
            {"family_ref", "out_of", "opened", "belongs_to", "named_people", "outcome", "ended", "waiting_for"}
            | {"at_work", "held", "next_steps", "children", "attention", "clocks", "alerts", "timeline", "harm", "ring"}
        ),
    ),
    TimelineEntry: (PLAIN_OF_ENTRY, frozenset({"note"})),
    Attention: (PLAIN_OF_ITEM, frozenset({"goes_to", "note"})),
    ChildStatus: (frozenset({"ref", "states"}), FOR_ALL),
    ChildState: (frozenset({"name", "title", "value", "words", "for_service"}), FOR_ALL),
    ClockStatus: (
        frozenset({"id", "kind", "about", "since", "due", "state", "answered", "recorded", "service_ref"}),
        FOR_ALL,
    ),
    NextStep: (frozenset({"step", "who", "ask", "clause", "by", "of", "ways"}), FOR_ALL),
    About: (frozenset({"step_id", "told", "children"}), FOR_ALL),
    Way: (frozenset({"words", "step", "child", "corrects"}), FOR_ALL),
    Alert: (
        frozenset({"number", "kind", "clocks", "service_ref", "due", "rung", "what", "at", "raised_at"})
        | {"audiences", "top"},
        FOR_ALL,
    ),
    HarmStatus: (
        frozenset({"at", "step_id", "spoken_to_at", "lifted", "to_come", "declined", "said_in"}),
        FOR_ALL,
    ),
    HeldStatus: (frozenset({"what", "until"}), FOR_ALL),
    Linked: (frozenset({"kind", "id", "step", "opened_for", "earlier"}), FOR_ALL),
    DocumentVersion: (frozenset({"ref", "version"}), FOR_ALL),
}
"""Of each part of a status: what holds nobody's own words (of a status itself, what a service reads as it is), and the
rest. Whoever adds a field decides about it, here and in ``shown_to``."""


def parts_of(kind: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if kind not in seen:
        seen.add(kind)
        for field in kind.model_fields.values():
            for inner in models_in(field.annotation):
                parts_of(inner, seen)
    return seen


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in {Union, UnionType, tuple, list, dict, frozenset} or get_args(annotation):
        for inner in get_args(annotation):
            yield from models_in(inner)


def test_of_every_field_of_a_status_it_is_decided_who_sees_it() -> None:
    assert parts_of(Status, set()) == {*DECIDED}
    for kind, (plain, rest) in DECIDED.items():
        assert plain | rest == {*kind.model_fields}, f"decide about the fields of {kind.__name__}"
        assert not plain & rest, kind


def test_what_is_withheld_of_a_part_has_a_default_that_says_nothing() -> None:
    for kind in (TimelineEntry, Attention):
        _, rest = DECIDED[kind]
        assert all(kind.model_fields[name].get_default() is None for name in rest)
    blank = Status.model_fields
    for name in ("family_ref", "out_of", "opened", "at_work", "held", "alerts", "harm", "ring", "named_people"):
        assert not blank[name].get_default()


@pytest.mark.parametrize("seen", WHOLE)
def test_who_sees_all_or_what_people_said_reads_the_status_as_it_is(seen: View) -> None:
    now = status(facts_closed())
    assert shown_to(now, seen) is now


def test_who_sees_nothing_of_it_is_shown_no_status() -> None:
    with pytest.raises(ValueError, match="nothing"):
        shown_to(status(facts()), View(part=Part.NOTHING))


def put_right() -> Attention:
    return Attention(
        id="A1",
        effect=None,
        what="An e-mail",
        problem="refused_address",
        since=NOW,
        detail="code 550",
        goes_to="Ms Example <mother@home.example>",
        resolution=Resolution.DONE_BY_HAND,
        note="She was told on the doorstep.",
    )


def test_operations_read_how_it_stands_and_nothing_that_people_wrote_nor_anybodys_address() -> None:
    now = status(facts_closed()).model_copy(update={"attention": (put_right(),)})
    assert any(entry.note for entry in now.timeline), "there is something to be withheld"
    seen = shown_to(now, PLAINLY)
    assert {entry.note for entry in seen.timeline} == {None}
    [item] = seen.attention
    assert (item.note, item.goes_to, item.detail, item.resolution) == (None, None, "code 550", Resolution.DONE_BY_HAND)
    unchanged = {*Status.model_fields} - {"timeline", "attention"}
    assert all(getattr(seen, name) == getattr(now, name) for name in unchanged)
    assert [entry.what for entry in seen.timeline] == [entry.what for entry in now.timeline]


def test_no_line_of_a_referral_says_to_operations_what_was_the_worry_or_whose() -> None:
    now = step_ups.status(step_ups.facts(referrer=step_ups.referrer(ReferrerKind.PUBLIC)))
    assert "Ms Brook" in now.model_dump_json()
    said = shown_to(now, PLAINLY).model_dump_json()
    assert "Ms Brook" not in said
    assert "grows colder" not in said


TYPIST = Actor(id="bs-1", role=Role.BUSINESS_SUPPORT, team="team-typing")
ONE_OF_TWO = consent(CHILD, child_consent(SIBLING, stands=False))


def one_of_two() -> StepDownFacts:
    return facts_after(ONE_OF_TWO, before=facts(CHILD, SIBLING))


def test_a_service_reads_of_its_own_child_alone_and_of_nobody_else() -> None:
    now = status(one_of_two())
    seen = shown_to(now, of_children())
    assert [child.ref for child in seen.children] == [CHILD]
    said = seen.model_dump_json()
    for hidden in (SIBLING, "mother", "father", now.family_ref):
        assert hidden not in said, hidden
    assert (seen.stage, seen.service_ref, seen.responsible) == (now.stage, "service-north", now.responsible)


def test_of_its_child_a_service_reads_what_concerns_it_and_not_how_social_work_counts_it() -> None:
    [child] = shown_to(status(facts_closed()), of_children()).children
    names = {state.name for state in child.states}
    assert {"consent_stands", "agreed_with_service", "practitioner", "decision", "acknowledged", "seen"} <= names
    assert not {"closure_reason", "let_go_to", AGREED_FOR} & names


def test_a_service_reads_on_the_timeline_what_it_recorded_itself_of_these_children() -> None:
    now = status(facts_closed(CHILD, SIBLING))
    own = {entry.step_id for entry in now.timeline if entry.by_service == "service-north"}
    assert own == {"acknowledge_transfer", "record_first_contact"}
    assert {entry.step_id for entry in shown_to(now, of_children(*BOTH)).timeline} == own
    assert shown_to(now, of_children()).timeline == (), "each of them speaks of the sibling, too"


def test_what_another_service_recorded_before_and_who_types_for_somebody_is_not_its_own() -> None:
    offered = facts_after(offer(), before=facts_before(RecordContactConversation))
    said = {entry.step_id: entry.by_service for entry in status(offered).timeline}
    assert said["answer_request"] == "service-north"
    elsewhere = status(
        facts_after(other_service(), consent(step_id="again", service_ref="service-south"), before=offered)
    )
    assert elsewhere.service_ref == "service-south"
    assert shown_to(elsewhere, of_children()).timeline == ()
    for actor in (CONTACT.model_copy(update={"team": "team-sw"}), SERVICE.model_copy(update={"team": None})):
        by_stranger = status(facts_after(harm_report(actor=actor), before=facts()))
        assert [entry.by_service for entry in by_stranger.timeline if entry.step_id] == [None]


def test_a_service_is_shown_what_it_is_asked_and_its_own_clocks_and_no_others() -> None:
    now = status(facts_before(AcknowledgeTransfer, CHILD, SIBLING))
    ours = NextStep(step="record_decisions", who=Role.SOCIAL_WORKER, ask="Decide.", clause=None)
    clocks = tuple(
        ClockStatus(
            id=f"{kind}/{about}",
            kind=kind,
            about=about,
            since=NOW,
            due=NOW + timedelta(1),
            state=ClockState.ON_TRACK,
            service_ref=service,
        )
        for kind, about, service in (
            (ClockKind.ACKNOWLEDGEMENT, CHILD, "service-north"),
            (ClockKind.ACKNOWLEDGEMENT, SIBLING, "service-north"),
            (ClockKind.ACKNOWLEDGEMENT, CHILD, "service-before"),
            (ClockKind.NOT_SEEN, CHILD, "service-north"),
            (ClockKind.CONVERSATION, "service-north", "service-north"),
        )
    )
    seen = shown_to(now.model_copy(update={"clocks": clocks, "next_steps": (ours, *now.next_steps)}), of_children())
    assert seen.clocks == (clocks[0], clocks[4])
    assert seen.next_steps
    assert {step.who for step in seen.next_steps} <= {Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE}
    assert SIBLING not in seen.model_dump_json()


NAMES_THE_SIBLING = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask=f"Authorise what was recorded of {SIBLING}.",
    clause="SD-23",
    of=(About(step_id="s-1", told="somebody", children=(SIBLING,)),),
)
AT_WORK = NextStep(step=None, who=None, ask=f"Mosaic is closing the case of {SIBLING}.", clause="SD-23")


@pytest.mark.parametrize(
    ("missing", "reads"),
    [
        ((NAMES_THE_SIBLING, AT_WORK), (OTHERS_ACT,)),
        ((AT_WORK,), (GOES_ON_BY_ITSELF,)),
        ((), ()),
    ],
)
def test_a_service_of_which_nothing_is_asked_reads_that_others_act_and_nothing_of_what_they_do(
    missing: tuple[NextStep, ...], reads: tuple[str, ...]
) -> None:
    at = {"stage": "closure", "stage_words": "Closing", "next_steps": missing}
    receipt = Receipt(step_id="s-9", step="acknowledge_transfer", accepted_at=NOW, **at, today=Today(**at))
    seen = receipt_shown_to(receipt, of_children())
    assert seen.today is not None
    shown = shown_to(status(facts()).model_copy(update={"next_steps": missing}), of_children())
    for steps in (seen.next_steps, seen.today.next_steps, shown.next_steps):
        assert tuple(step.words for step in steps) == reads
        assert {(step.step, step.who, step.of, step.ways) for step in steps} <= {(None, None, (), ())}
    assert SIBLING not in seen.model_dump_json()


def test_an_act_that_is_asked_for_names_to_a_service_no_child_but_its_own() -> None:
    asked = NextStep(
        step="acknowledge_transfer",
        who=Role.EARLY_HELP_SERVICE,
        ask="Answer.",
        clause="SD-35",
        of=(
            About(step_id="s-1", told="somebody", children=(CHILD,)),
            About(step_id="s-2", told="somebody", children=(CHILD, SIBLING)),
            About(step_id="s-3", told="somebody"),
        ),
        ways=(Way(words="yes", step="x", child=CHILD), Way(words="yes", step="x", child=SIBLING)),
    )
    [seen] = shown_to(status(facts()).model_copy(update={"next_steps": (asked,)}), of_children()).next_steps
    assert [about.step_id for about in seen.of] == ["s-1"]
    assert [way.child for way in seen.ways] == [CHILD]


def test_a_service_reads_that_it_ended_and_neither_how_nor_that_harm_was_reported() -> None:
    now = status(facts_after(harm_report(), before=facts_before(AcknowledgeTransfer)))
    assert now.harm
    ended = {"outcome": "escalated", "ended": "Stopped", "stage": CLOSED, "attention": (put_right(),)}
    seen = shown_to(now.model_copy(update=ended), of_children())
    assert (seen.outcome, seen.ended) == (CLOSED, IT_HAS_ENDED)
    assert (seen.harm, seen.ring, seen.attention, seen.alerts) == ((), None, (), ())
    assert "harm" not in seen.model_dump_json(exclude={"harm"})


def agreed_for(now: StepDownFacts) -> dict[str, Any]:
    return {child.ref: child.value(AGREED_FOR) for child in status(now).children if child.value(AGREED_FOR)}


@pytest.mark.clause("SD-09d")
@pytest.mark.parametrize(
    ("now", "seen"),
    [
        pytest.param(facts, {}, id="nobody was asked"),
        pytest.param(one_of_two, {CHILD: "service-north"}, id="one of two"),
        pytest.param(
            lambda: facts_after(consent(may_share=()), before=facts()), {}, id="a yes, and nothing may be shared"
        ),
        pytest.param(lambda: facts_after(consent(), withdrawal(), before=facts()), {}, id="withdrawn"),
        pytest.param(
            lambda: facts_after(consent(), other_service(), before=facts()), {}, id="it goes to another service"
        ),
        pytest.param(
            lambda: facts_after(
                consent(), other_service(), consent(step_id="again", service_ref="service-south"), before=facts()
            ),
            {CHILD: "service-south"},
            id="and the family says yes to that one",
        ),
        pytest.param(lambda: facts_after(consent(), cancellation(), before=facts()), {}, id="cancelled"),
        pytest.param(lambda: facts_after(consent(), harm_report(), before=facts()), {}, id="harm stops it"),
        pytest.param(facts_closed, {CHILD: "service-north"}, id="the service has the child"),
        pytest.param(
            lambda: facts_after(withdrawal(), before=facts_before(AcknowledgeTransfer)),
            {},
            id="withdrawn after the closing",
        ),
        pytest.param(
            lambda: facts_after(
                conversation(CHILD, not_agreed(SIBLING)), before=facts_before(RecordContactConversation, CHILD, SIBLING)
            ),
            {CHILD: "service-north"},
            id="the conversation left one out",
        ),
        pytest.param(
            lambda: facts_after(consent(), sharing_basis(withheld()), before=facts()),
            {},
            id="nothing is shared",
        ),
        pytest.param(
            lambda: facts_after(refused_consent(), sharing_basis(by_power(), actor=MANAGER), before=facts()),
            {},
            id="a power lets a document go, against the family's word",
        ),
        pytest.param(facts_declined, {}, id="the service gave the child back"),
    ],
)
def test_a_service_sees_a_child_as_long_as_consent_covers_something_for_it(
    now: Callable[[], StepDownFacts], seen: dict[str, str]
) -> None:
    assert agreed_for(now()) == seen


def test_a_referral_is_the_front_doors_and_then_the_teams_that_assess_or_have_a_child_too() -> None:
    begun = step_ups.facts(step_ups.contact(CHILD, SIBLING), **step_ups.SAID)
    assert (begun.belongs_to, begun.named_people) == (FRONT_DOOR, ())
    to_be_assessed = step_ups.decided(dict.fromkeys((CHILD, SIBLING), HarmOutcome.SINGLE_ASSESSMENT))
    decided = step_ups.record(begun, to_be_assessed)
    assert decided.belongs_to == FRONT_DOOR
    assessed = step_ups.record(decided, step_ups.assessed({CHILD: Assessed.CHILD_IN_NEED}))
    assert (assessed.belongs_to, assessed.named_people) == ((*FRONT_DOOR, "team-sw"), ())
    taken_over = step_ups.record(assessed, step_ups.worker(CHILD))
    assert taken_over.named_people == ("sw-7",)
    typed = {"actor": TYPIST, "on_behalf_of": step_ups.WORKER}
    by_typist = step_ups.record(decided, step_ups.assessed({CHILD: Assessed.CHILD_IN_NEED}, **typed))
    assert by_typist.belongs_to == (*FRONT_DOOR, "team-sw"), "of for whom it is typed, and not of who types"
    by_the_hub = step_ups.record(begun, step_ups.harm(CHILD, actor=SERVICE))
    assert by_the_hub.belongs_to == FRONT_DOOR, "whoever reports harm makes it nobody's own"
