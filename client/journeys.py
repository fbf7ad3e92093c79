"""The journeys that can be started: what each begins with, and the workflow that it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.common import TypedSearchAttributes

from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.start import HelpRequest
from models.journey.facts import Facts
from models.journey.rows import Journey
from models.journey.start import Start
from models.journey.status import status
from models.journey.steps import Step, step_name
from models.kinds import JourneyKind
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.start import Referral
from workflows.help_request.request import EarlyHelpRequest, HelpRequestRun
from workflows.journey.run import JourneyRun
from workflows.journey.visibility import at_start
from workflows.step_down.transfer import StepDownRun, StepDownTransfer
from workflows.step_up.referral import StepUpReferral, StepUpRun


@dataclass(frozen=True)
class Kind:
    """One kind of journey."""

    journey: Journey[Any]
    facts: type[Facts]
    start: type[Start]
    run: type[Start]
    """What its workflow takes: the start, and from the second run on what came before."""
    workflow: type[JourneyRun[Any]]
    path: str
    """Where its journeys stand in an address of the gateway."""
    summary: Callable[[Any], str]
    """What the Temporal UI says of it from its start on; nothing about a person."""

    @property
    def name(self) -> JourneyKind:
        """As its workflow ids begin."""
        return self.journey.kind

    @property
    def steps(self) -> tuple[type[Step], ...]:
        """Every step that it takes."""
        return self.journey.steps

    @property
    def type(self) -> str:
        """What Temporal calls it."""
        return self.workflow.__name__

    def found_at_start(self, start: Start, now: datetime) -> TypedSearchAttributes:
        """By what a journey that starts now is found, though no worker has taken it yet."""
        return at_start(status(self.journey, self.facts(request=start, opened_at=now)))


EVERY = (
    Kind(
        STEP_DOWN,
        StepDownFacts,
        StepDownRequest,
        StepDownRun,
        StepDownTransfer,
        "transfers",
        lambda start: f"Step-down to {start.service_ref}, from team {start.social_work_team}",
    ),
    Kind(
        HELP_REQUEST,
        HelpFacts,
        HelpRequest,
        HelpRequestRun,
        EarlyHelpRequest,
        "help-requests",
        lambda start: f"Request for Early Help to {start.service_ref}",
    ),
    Kind(
        STEP_UP,
        StepUpFacts,
        Referral,
        StepUpRun,
        StepUpReferral,
        "step-ups",
        lambda start: f"Referral to Children's Social Work; {start.service_ref} stays with the children",
    ),
)


def kind_named(name: str) -> Kind:
    """The kind of this name, which there is."""
    return next(kind for kind in EVERY if kind.name == name)


def kind_with_step(name: object) -> Kind | None:
    """The first kind that has a step of this name; None where none has."""
    return next((kind for kind in EVERY if any(step_name(step) == name for step in kind.steps)), None)
