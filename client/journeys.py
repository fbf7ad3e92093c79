"""The journeys that can be started: what each begins with, and the workflow that it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.common import TypedSearchAttributes

from models.help_request.start import HelpRequest
from models.help_request.steps import every as of_requests
from models.journey.start import Start
from models.journey.steps import Step
from models.step_down.start import StepDownRequest
from models.step_down.steps import every as of_step_downs
from workflows.help_request import request
from workflows.journey.run import JourneyRun
from workflows.step_down import transfer


@dataclass(frozen=True)
class Kind:
    """One kind of journey."""

    start: type[Start]
    run: type[Start]
    """What its workflow takes: the start, and from the second run on what came before."""
    workflow: type[JourneyRun[Any]]
    steps: tuple[type[Step], ...]
    found_at_start: Callable[[Any, datetime], TypedSearchAttributes]
    summary: Callable[[Any], str]
    """What the Temporal UI says of it from its start on; nothing about a person."""

    @property
    def name(self) -> str:
        """As its workflow ids begin."""
        return self.start.kind

    @property
    def type(self) -> str:
        """What Temporal calls it."""
        return self.workflow.__name__


EVERY = (
    Kind(
        StepDownRequest,
        transfer.StepDownRun,
        transfer.StepDownTransfer,
        of_step_downs.STEPS,
        transfer.found_at_start,
        lambda start: f"Step-down to {start.service_ref}, from team {start.social_work_team}",
    ),
    Kind(
        HelpRequest,
        request.HelpRequestRun,
        request.EarlyHelpRequest,
        of_requests.STEPS,
        request.found_at_start,
        lambda start: f"Request for Early Help to {start.service_ref}",
    ),
)


def kind_named(name: str) -> Kind:
    """The kind of this name, which there is."""
    return next(kind for kind in EVERY if kind.name == name)
