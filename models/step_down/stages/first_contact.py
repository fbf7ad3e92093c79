"""First contact: each child whom a service took is seen, or the closing team manager decides (SD-37)."""

from collections.abc import Callable, Iterator

from models.journey.rows import Note, TimeIsUp, each_child, field
from models.journey.steps import FURTHEST_AHEAD, Step
from models.kinds import ClockKind
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.first_contact import FirstContact, said_in, taken
from models.step_down.rows import EH, TM, Need, Row, Rule
from models.step_down.stages.conversation import start
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.first_contact import (
    AgreeStart,
    Became,
    ChildFirstContact,
    ChildNotSeen,
    ChildStart,
    DecideFirstContact,
    RecordFirstContact,
)

THE_MANAGERS = frozenset({FirstContact.FOR_MANAGER, FirstContact.REVIEW, FirstContact.SETTLED, FirstContact.TAKEN_BACK})
"""What the team manager decides, decides anew on its day, or corrects."""
IF_AT_RISK = (
    "A child who has not been seen may not be safe. If a child may be at risk, ring now, then report it as a risk of "
    "significant harm."
)


def _none(state: FirstContact) -> Callable[[StepDownFacts], bool]:
    """It stands so with no child."""
    return lambda facts: not _children(facts, state)


def _children(facts: StepDownFacts, state: FirstContact) -> list[Child]:
    return [child for child in facts.children if child.first_contact is state]


def _said_of(state: FirstContact) -> Callable[[StepDownFacts], Iterator[Step | None]]:
    """What the service said last of the children with whom it stands so."""
    return lambda facts: (said_in(child) for child in _children(facts, state))


def _not_taken(facts: StepDownFacts, said: ChildFirstContact) -> bool:
    return not taken(facts.child(said.ref))


def _seen_before_agreed(facts: StepDownFacts, step: RecordFirstContact) -> bool:
    """A child was seen before the conversation in which it was agreed, and so not because of this transfer."""
    seen = (child.ref for child in step.children if child.became is Became.SEEN)
    talks = (facts.last_of(RecordContactConversation, ref) for ref in seen)
    return any(talk is not None and step.occurred_at < talk.occurred_at for talk in talks)


def _is_known(facts: StepDownFacts, said: ChildStart) -> bool:
    agreed = facts.child(said.ref).talked_over
    return agreed is None or not agreed.agreed or agreed.realistic_start is not None


def _is_taken_back(facts: StepDownFacts, said: ChildStart) -> bool:
    return facts.child(said.ref).first_contact is FirstContact.TAKEN_BACK


def _not_the_managers(facts: StepDownFacts, said: ChildNotSeen) -> bool:
    stands = facts.child(said.ref).first_contact
    own = (clock for clock in facts.open_clocks(ClockKind.START) if clock.about == said.ref)
    never_named = stands is FirstContact.NO_START and any(map(facts.end_told, own))
    return stands not in THE_MANAGERS and not never_named


def _not_what_was_said(facts: StepDownFacts, step: DecideFirstContact) -> bool:
    said = {entry.step_id if (entry := said_in(facts.child(child.ref))) else None for child in step.children}
    return said != {step.of}


def _never_looked_at_again(facts: StepDownFacts, step: DecideFirstContact) -> str | None:
    """It is to be for good, and no day on which the manager was to look again has come."""
    before = [one for past in facts.all_of(DecideFirstContact) for one in past.children if one.review_on is not None]
    looked = {one.ref for one in before if one.review_on is not None and one.review_on <= step.day}
    for_good = each_child("no_review_because", lambda _, one: one.no_review_because and one.ref not in looked)
    return for_good(facts, step)


def _own_family(facts: StepDownFacts, step: DecideFirstContact) -> bool:
    return step.actor.id == facts.social_worker


def _not_ahead(facts: StepDownFacts, step: DecideFirstContact) -> str | None:
    """A day of review that has come, or lies more than a year ahead."""
    ahead = step.day + FURTHEST_AHEAD
    breaks = each_child("review_on", lambda _, one: one.review_on is not None and not step.day < one.review_on <= ahead)
    return breaks(facts, step)


def _whom_to_ring(facts: StepDownFacts, step: RecordFirstContact) -> str | None:
    unseen = any(child.became is not Became.SEEN for child in step.children)
    return f"{IF_AT_RISK} {facts.policy.phones.words}" if unseen else None


NOTE: Note[StepDownFacts] = Note(RecordFirstContact, _whom_to_ring)

ROWS: tuple[Row, ...] = (
    Need(
        "SD-13",
        AgreeStart,
        EH,
        "It is not known yet when support begins for a child who passed on: say from which day on.",
        met=_none(FirstContact.NO_START),
        clock=ClockKind.START,
        everywhere=True,
    ),
    Need(
        "SD-37",
        RecordFirstContact,
        EH,
        "See each child who passed on by the day that was agreed, and record who saw the child; or that the child "
        "was not seen, that the family refused or that it has to wait, and why.",
        met=_none(FirstContact.AWAITED),
        clock=ClockKind.FIRST_CONTACT,
        everywhere=True,
    ),
    Need(
        "SD-37",
        DecideFirstContact,
        TM,
        "A child who passed on has not been seen. Decide: accept it, with the day on which you look again; take the "
        "child back into social work; or go to Duty and Advice, whom you ring first.",
        met=_none(FirstContact.FOR_MANAGER),
        of=_said_of(FirstContact.FOR_MANAGER),
        clock=ClockKind.NOT_SEEN,
        everywhere=True,
    ),
    Need(
        "SD-37",
        DecideFirstContact,
        TM,
        "A child who passed on was not seen, and you look at this again on the day that you named: decide again then, "
        "unless the child has been seen.",
        met=_none(FirstContact.REVIEW),
        of=_said_of(FirstContact.REVIEW),
        clock=ClockKind.NOT_SEEN,
        everywhere=True,
    ),
    TimeIsUp(
        "SD-37",
        ClockKind.START,
        DecideFirstContact,
        "Nobody has said when support begins for a child who passed on: settle it with the service, or decide what "
        "becomes of the child.",
    ),
    TimeIsUp(
        "SD-37",
        ClockKind.NOT_SEEN,
        DecideFirstContact,
        "What becomes of a child who was not seen is overdue: decide it. The named cover can do this in their own "
        "name.",
    ),
    Rule(
        "SD-37",
        RecordFirstContact,
        each_child("ref", _not_taken),
        "The service has not accepted this child, or social work has not passed the child on, or has taken the child "
        "back: if the service takes the child, it says so first.",
    ),
    Rule(
        "SD-37",
        RecordFirstContact,
        field("occurred_at", _seen_before_agreed),
        "A child was seen before the conversation that agreed to support them: that was not a first contact. Name a "
        "visit since; if a child has not been seen since, say so.",
    ),
    Rule(
        "SD-37",
        AgreeStart,
        each_child("ref", _is_known),
        "Support for this child was not agreed, or already has a start. If that day cannot be kept, record that the "
        "first contact has to wait, and the team manager decides.",
    ),
    Rule(
        "SD-37",
        AgreeStart,
        each_child("ref", _is_taken_back),
        "The team manager has taken this child back: speak with them. They decide again before a start is named.",
    ),
    Rule(
        "SD-37",
        AgreeStart,
        start(lambda begins, said: begins < said),
        "Support cannot begin before the day on which that is agreed: name a day to come.",
    ),
    Rule(
        "SD-37",
        AgreeStart,
        start(lambda begins, said: begins > said + FURTHEST_AHEAD),
        "This start is more than a year ahead: name a nearer day.",
    ),
    Rule(
        "SD-37",
        DecideFirstContact,
        each_child("ref", _not_the_managers),
        "Nothing about this child is waiting for the team manager here: the child was seen, there is still time to see "
        "them, or no service has taken them.",
    ),
    Rule(
        "SD-37",
        DecideFirstContact,
        field("of", _not_what_was_said),
        "This is not the last thing the service said about these children: read that, and name that step; name none if "
        "it has said nothing. If it said different things about them, decide each child separately.",
    ),
    Rule(
        "SD-37",
        DecideFirstContact,
        _not_ahead,
        "The day on which you look at this again must be in the future, and within a year.",
    ),
    Rule(
        "SD-37",
        DecideFirstContact,
        _never_looked_at_again,
        "That nothing more is to come is said once you have looked at it again: name the day on which you do. From "
        "that day on you may say so.",
    ),
    Rule(
        "SD-37",
        DecideFirstContact,
        field("actor", _own_family),
        "The social worker of a family cannot also act as its manager: another manager does, or the named cover.",
    ),
)
