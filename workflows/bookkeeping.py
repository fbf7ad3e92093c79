"""What a transfer keeps in the register beside its journey: evidence, and how it stands."""

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.evidence import CaptureEvidence
    from activities.register import Projection, RegisterActivities
    from workflows.evidence import EVIDENCE
    from workflows.known import Known
    from workflows.timeouts import REGISTER, UNTIL_IT_ANSWERS

R = TypeVar("R")


class Bookkeeping:
    """Writes to the register; an outage there holds nothing back that does not need it."""

    def __init__(self, known: Known, shown: int = -1, evidence_kept: int = 0) -> None:
        """Go on where the run before stopped."""
        self._known = known
        self.shown = shown
        """The newest version that the register has."""
        self.evidence_kept = evidence_kept
        """How many steps were looked at, and kept where they are evidence."""
        self._writing = 0

    async def write(self, act: Callable[[Any, Any], R], order: Any, summary: str) -> R:
        """Write until the register took it."""
        self._writing += 1
        result = await workflow.execute_activity_method(
            act, order, start_to_close_timeout=REGISTER.attempt, retry_policy=UNTIL_IT_ANSWERS, summary=summary
        )
        self._writing -= 1
        return result

    async def keep_evidence(self) -> None:
        """Consent (SD-09), conversation (SD-08, SD-12…14) and meeting (SD-19) are kept, so that they can be shown."""
        while True:
            await workflow.wait_condition(lambda: not self._known.moving_on and not self.evidence_is_kept())
            facts = self._known.facts
            entry = facts.steps[self.evidence_kept]
            if (capture := EVIDENCE.get(type(entry.step))) is not None:
                order = CaptureEvidence(transfer_id=facts.request.id, entry=entry)
                await self.write(capture.act, order, capture.summary)
            self.evidence_kept += 1

    async def show(self) -> None:
        """Show each state in the register; the newest wins."""
        while True:
            await workflow.wait_condition(lambda: not self._known.moving_on and self.shown != self._known.version)
            version = self._known.version
            projection = Projection(status=self._known.status, version=version)
            await self.write(RegisterActivities.show_in_register, projection, "Show the transfer in the register")
            self.shown = version

    def evidence_is_kept(self) -> bool:
        """Everything that was recorded is kept."""
        return self.evidence_kept == len(self._known.facts.steps)

    def is_up_to_date(self) -> bool:
        """The register holds everything."""
        return self.shown == self._known.version and self.evidence_is_kept()

    def at_rest(self) -> bool:
        """No call is under way."""
        return self._writing == 0
