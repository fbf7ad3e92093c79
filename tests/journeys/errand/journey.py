"""The errand: a meal is asked for, brought and confirmed. The smallest journey there is, as its tables."""

from collections.abc import Iterator
from datetime import datetime

from models.journey import attention, harm, rows
from models.journey.answers import CLOSED, ChildState, Said
from models.journey.recorded import Clock, RecordedStep
from models.journey.rows import Correction, Journey, TimeIsUp, Waiting, each_child, field, unless
from models.journey.status import yes_no
from models.journey.steps import Cancel
from models.kinds import ClockKind
from models.vocabulary import Role
from tests.journeys.errand.facts import ErrandFacts, Recorded
from tests.journeys.errand.steps import STEPS, AcceptMeal, AskForMeal, ConfirmMeal

Rule = rows.Rule[ErrandFacts]
Need = rows.Need[ErrandFacts]
Doing = rows.Doing[ErrandFacts]

ANSWER = ClockKind.CONVERSATION
"""Kinds of clocks are closed: that of an answer that a service owes stands in for one of its own."""


class Stage(Said):
    """Where an errand stands."""

    ASKING = "asking"
    COOKING = "cooking"
    EATING = "eating"
    CLOSED = CLOSED

    @property
    def words(self) -> str:
        """The stage as people read it."""
        return {
            "asking": "A meal is asked for",
            "cooking": "The meal is cooked and brought",
            "eating": "The meal is eaten",
            "closed": "Closed",
        }[self.value]


class Outcome(Said):
    """How an errand ended."""

    FED = "fed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return {"fed": "The children are fed"}.get(self.value, self.value)


def _outcome(facts: ErrandFacts) -> Outcome:
    if facts.is_duplicate:
        return Outcome.DUPLICATE
    if facts.harm_reports:
        return Outcome.STOPPED
    return Outcome.CANCELLED if facts.cancelled else Outcome.FED


def _waiting(facts: ErrandFacts, now: datetime) -> Iterator[Waiting]:
    """The service owes an answer."""
    if facts.asked and not facts.accepted and facts.goes_on:
        yield Waiting(ANSWER, facts.service_ref, now)


def _answers(facts: ErrandFacts, clock: Clock) -> Iterator[RecordedStep]:
    yield from (entry for entry in facts.steps[clock.steps_before :] if isinstance(entry.step, AcceptMeal))


ERRAND = Journey[ErrandFacts](
    kind="errand",
    steps=STEPS,
    stages={
        Stage.ASKING: (
            Need(
                "ER-1",
                AskForMeal,
                Role.SOCIAL_WORKER,
                "Ask for a meal.",
                met=lambda f: f.asked is not None,
                applies=lambda f: f.goes_on,
            ),
        ),
        Stage.COOKING: (
            Need(
                "ER-2",
                AcceptMeal,
                Role.EARLY_HELP_SERVICE,
                "Say which kitchen brings the meal.",
                met=lambda f: f.accepted is not None,
                applies=lambda f: f.goes_on,
                clock=ANSWER,
            ),
            TimeIsUp("ER-2", ANSWER, Cancel, "Nobody cooks: settle it with the service, or cancel."),
            Doing("ER-3", lambda f: (f.kitchen,), "The kitchen is being looked up."),
            Rule("ER-2", AcceptMeal, unless(lambda f: f.asked is not None), "Nobody has asked for a meal."),
        ),
        Stage.EATING: (
            Need(
                "ER-4",
                ConfirmMeal,
                Role.SOCIAL_WORKER,
                "Confirm, for each child, that the meal was brought.",
                met=lambda f: all(map(f.fed, f.child_refs)),
                applies=lambda f: f.goes_on,
            ),
            harm.SPOKEN_TO,
            harm.NOT_TAKEN,
            attention.PUT_RIGHT,
            Need(None, None, None, "What was begun is being brought to its end.", met=lambda f: f.ended(*f.begun)),
            Rule(
                "ER-4",
                ConfirmMeal,
                each_child("ref", lambda f, child: f.fed(child.ref)),
                "The meal of this child was confirmed before.",
            ),
        ),
        Stage.CLOSED: (),
    },
    any_time=(
        Rule(None, Cancel, field("step", lambda f, _: f.accepted is not None), "The meal is being cooked."),
        *harm.ROWS,
    ),
    corrections={
        AskForMeal: Correction(
            lambda f, _: (f.asked,), "ER-1", "a kitchen cooks it", acted_on=lambda f, _: f.accepted is not None
        ),
        AcceptMeal: Correction(lambda f, _: (f.accepted,)),
    },
    turns_away=lambda _, step: isinstance(step, Cancel),
    entry=lambda _, recorded: Recorded(**dict(recorded)),
    raisings=(),
    notes=(harm.NOTE,),
    waiting=_waiting,
    counted_from={},
    answers={ANSWER: _answers},
    child_states=lambda f, ref: (ChildState(name="fed", title="fed", value=f.fed(ref), words=yes_no(f.fed(ref))),),
    receiver=lambda _, __: None,
    documents_outside=lambda _: (),
    reasons_outside=lambda _: (),
    outcome=_outcome,
)
