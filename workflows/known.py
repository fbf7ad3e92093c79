"""What one run of a transfer knows; whatever changes is shown at once, and starts or ends the clocks."""

from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from models.step_down.clocks import keep_time
    from models.step_down.facts import Facts
    from models.step_down.status import Status, details, status
    from workflows.visibility import search_attributes


class Known:
    """The facts, with a version that only grows."""

    def __init__(self, facts: Facts, version: int = 0) -> None:
        """Begin with nothing, or with what the run before knew."""
        self.facts = facts
        self.version = version
        self.moving_on = False
        """A new run is about to take over: nothing new begins."""
        self._found_by: list[SearchAttributeUpdate[Any]] = []

    def know(self, facts: Facts) -> None:
        """Take new facts, and show at once what follows from them."""
        self.facts = keep_time(facts, workflow.now())
        self.version += 1
        self.show()

    def learn(self, **changes: Any) -> None:
        """Take what changed."""
        self.know(self.facts.model_copy(update=changes))

    def catch_up(self, version: int) -> None:
        """Go on after a version that the register holds; it would take nothing older."""
        if version > self.version:
            self.version = version + 1

    @property
    def status(self) -> Status:
        """Where the transfer stands."""
        return status(self.facts)

    def show(self) -> None:
        """Show in the Temporal UI where the transfer stands."""
        now = self.status
        workflow.set_current_details(details(now))
        if (found_by := search_attributes(now)) != self._found_by:
            workflow.upsert_search_attributes(found_by)
            self._found_by = found_by
