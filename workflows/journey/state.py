"""What one run of a journey knows; whatever changes starts or ends the clocks, and is shown."""

from typing import Any, Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.journey.clocks import update_clocks
    from models.journey.counting import counted
    from models.journey.details import details
    from models.journey.facts import Facts
    from models.journey.rows import Journey
    from models.journey.status import Status, status
    from workflows.journey.visibility import is_found_by, search_attributes

F = TypeVar("F", bound=Facts)


class State(Generic[F]):
    """The facts, with a version that only grows."""

    def __init__(self, journey: Journey[F], facts: F, version: int = 0) -> None:
        """Begin with nothing, or with what the run before knew."""
        self.journey = journey
        self.facts = facts
        self.version = version
        self.shown = -1
        """The version that was shown last, and that the register is to show."""
        self.moving_on = False
        """A new run is about to take over: nothing new begins."""

    def know(self, facts: F) -> None:
        """Take new facts, and what follows from them for the clocks."""
        self.facts = update_clocks(self.journey, facts, workflow.now())
        self.version += 1

    def learn(self, **changes: Any) -> None:
        """Take what changed."""
        self.know(self.facts.having(**changes))

    def note(self, **changes: Any) -> None:
        """Take what nobody is shown, and so makes no new version."""
        self.facts = self.facts.having(**changes)

    def catch_up(self, version: int) -> None:
        """Go on after a version that the register holds; it would take nothing older."""
        if version > self.version:
            self.version = version + 1

    def count_due_dates(self) -> None:
        """Count those that can be counted here, until none is left: a date may begin another clock."""
        while (facts := counted(self.facts, workflow.now())) is not self.facts:
            self.know(facts)

    @property
    def status(self) -> Status:
        """Where the journey stands."""
        return status(self.journey, self.facts)

    def show(self) -> None:
        """Show in the Temporal UI where the journey stands."""
        now = self.status
        workflow.set_current_details(details(now))
        # An upsert is an event of history, though it changes nothing.
        if not is_found_by(workflow.info().typed_search_attributes, now):
            self.mark()

    def mark(self) -> None:
        """Have it found in Temporal's list as it stands, which is an event of history though nothing has changed."""
        workflow.upsert_search_attributes(search_attributes(self.status))
