"""A request for Early Help on its way: Mosaic is asked about its children, and it and its answer are written there."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from models.effects import Effect, Ended
from models.help_request.facts import LOOK
from models.help_request.stage import Outcome
from models.journey.linked import id_of
from models.kinds import EffectKind, JourneyKind
from models.step_up.stage import Outcome as OfReferral
from simulators.mosaic.contract import EARLY_HELP_CONTACT
from tests import builders, step_ups
from tests import help_requests as said
from tests.matrix.cells import AT_THE_START, At, Cell, How
from tests.matrix.journeys import Journey
from tests.workflows.conftest import Transfer
from workflows.help_request.request import EarlyHelpRequest
from workflows.ids import workflow_id
from workflows.journey.run import JourneyResult

TAKES = "register.take_free_children"
"""With each showing, so that it is repeated with that."""


class Requested(Journey):
    """A school asks for help with a child; of the two entries, one suffers: the one that starts, or the one added.

    So do the look with which it opens, the directory as it is given to another team and back, and the taking of its
    children: the register is away before and after that.
    """

    async def go(self) -> None:
        await self._start()
        await self.see_through(LOOK)
        if EffectKind.LOOK_UP_SERVICE in self.suffers:
            await self._given_to_another_and_back()
        first, answer = self._entry("read_for_harm"), self._entry("record_response")
        whole = (said.matrix(), said.tried(), said.read())
        if self._at_the_start:
            await self.suffer(first, *whole)
            await self.record(said.response())
            await self.ended(answer)
        else:
            await self.record(*whole)
            await self.ended(first)
            await self.suffer(answer, said.response())
        await self.record(said.told())
        await self.closed(Outcome.SUPPORT_OFFERED)

    async def _given_to_another_and_back(self) -> None:
        hand, kind = self.hand, EffectKind.LOOK_UP_SERVICE
        other = said.HUB.model_copy(update={"team": hand.other_team})
        await self.suffer(
            Effect(kind=kind, service=hand.other_service, step="reassign"), said.given_to(hand.other_service)
        )
        await self.record(said.taken_over(actor=other), said.given_to(hand.service, step_id="back", actor=other))
        await self.ended(Effect(kind=kind, service=hand.service, step="back"))
        await self.record(said.taken_over(step_id="taken-back"))

    @property
    def _at_the_start(self) -> bool:
        stands = [cell.problem for cell in self._cells if cell.at is At.HAND]
        return AT_THE_START in stands if stands else int(self.id[-2:]) % 2 == 0

    @property
    def _cells(self) -> Any:
        return self.suffers.get(EffectKind.WRITE_CONTACT, ())

    def _entry(self, step: str) -> Effect:
        return Effect(kind=EffectKind.WRITE_CONTACT, child=self.hand.child, step=step)

    async def _start(self) -> None:
        hand = self.hand
        await asyncio.to_thread(hand.stage)
        if not self._as_it_stands(EffectKind.LOOK_UP_SERVICE):
            hand.know_service(hand.other_service, hand.other_team)
        self.world.policies[self.id] = self._policy()
        given = [await asyncio.to_thread(hand.open_contact)] if self._of_a_number else []
        await asyncio.to_thread(self.plan, LOOK)
        self._plan_what_is_shown()
        request = said.request(
            id=self.id,
            children=({"ref": hand.child},),
            lead_child=hand.child,
            family_ref=hand.family,
            service_ref=hand.service,
            received={"channel": "central_mailbox", "at": datetime.now(UTC)},
            **{**said.WHOLE, **({"contact_number": given[0]} if given else {})},
        )
        id_ = workflow_id(request.kind, request.id)
        handle = await self.client.start_workflow(
            EarlyHelpRequest.run, request, id=id_, task_queue=self.queue, result_type=JourneyResult
        )
        self._transfer = Transfer(self.client, handle, request.id)

    def _plan_what_is_shown(self) -> None:
        for when in ("before", "after"):
            self.world.outages.plan(TAKES, when, self.id)
            self.tally.planned[f"{TAKES} {when}"] += 1

    @property
    def _of_a_number(self) -> bool:
        return any(cell.problem == AT_THE_START for cell in self._cells)

    def _by_the_service(self, step: Any) -> Any:
        if step.actor != said.HUB:
            return step
        return step.model_copy(update={"actor": said.HUB.model_copy(update={"team": self.hand.answers_as})})

    def _operation(self, kind: EffectKind, at: At) -> str:
        if kind is not EffectKind.WRITE_CONTACT:
            return super()._operation(kind, at)
        write = "start_contact" if self._at_the_start else "add_entry"
        return write if at is At.WRITE else "read"

    def _target(self, kind: EffectKind, at: At) -> str:
        if kind is not EffectKind.WRITE_CONTACT:
            return super()._target(kind, at)
        if at is At.WRITE:
            return self.hand.child if self._at_the_start else self.hand.contact
        return f"persons/{self.hand.child}/early-help"

    def _mend(self, effect: Effect, cell: Cell) -> None:
        if effect.kind is EffectKind.WRITE_CONTACT and cell.how is How.BY_HAND and self._at_the_start:
            self.hand.open_contact()
        super()._mend(effect, cell)

    async def _meanwhile(self, kind: EffectKind) -> None:
        await self.record(builders.recalculation(step_id=f"recalculated-{next(self._numbers)}"))

    def read_what_was_decided(self, books: Any) -> None:
        contacts = [step for step in books["steps"] if step["type"] == EARLY_HELP_CONTACT]
        by_hand = {self.key(effect) for effect, end in self.ends.items() if end is Ended.BY_HAND}
        by_us = {self.key(self._entry(step)) for step in ("read_for_harm", "record_response")} - by_hand
        written = [one["reference"] for one in books["entries"]]
        assert sorted(written) == sorted(by_us), f"{self!r}: {written}"
        assert [step["status"] for step in contacts] == ["Started"], f"{self!r}: {contacts}"


class Referred(Requested):
    """Harm in a request: a referral is opened, and told who was spoken to; it takes a way of its own to its end."""

    async def go(self) -> None:
        harm = said.harm(children=({"ref": self.hand.child},))
        opens = Effect(kind=EffectKind.OPEN_JOURNEY, journey=JourneyKind.STEP_UP, step=harm.step_id)
        referral = id_of(self.id, opens)
        self.world.rooms.add(self.hand.room)
        await self._start()
        await self.see_through(LOOK)
        await self.suffer(opens, harm)
        call = {"who": "Ms Green", "at": await self.transfer.now()}
        tells = Effect(kind=EffectKind.TELL_JOURNEY, journey=JourneyKind.STEP_UP, to=referral, step="spoken")
        children = ({"ref": self.hand.child},)
        again = said.harm(step_id="spoken", corrects=harm.step_id, children=children, spoken_to=call)
        await self.suffer(tells, again)
        await self.record(said.read(found="reported"), said.response(Outcome.REDIRECTED, children=children))
        await self.record(said.told(said_safe_by="Ms Green"))
        await self.closed(Outcome.REDIRECTED)
        await self._go_on_with(referral)

    async def _go_on_with(self, referral: str) -> None:
        """It knows the call, and asks of it no more."""
        handle = self.client.get_workflow_handle(workflow_id(JourneyKind.STEP_UP, referral), result_type=JourneyResult)
        opened, at = Transfer(self.client, handle, referral), await self.transfer.now()
        now = await opened.until(lambda now: now.stage != "contact")
        assert [one.step_id for one in now.harm] == ["in-the-request"]
        await opened.record(step_ups.decided({self.hand.child: step_ups.ADVICE}, said_at=at, occurred_at=at))
        await opened.record(step_ups.told(occurred_at=at, said_safe_by="Ms Green"))
        await opened.record(step_ups.contact(self.hand.child, occurred_at=at, parents=step_ups.NOT_ASKED))
        assert await opened.outcome() == OfReferral.ADVICE

    def read_what_was_decided(self, books: Any) -> None:
        """Nothing of it is written in Mosaic but the request, of which its own way tells."""
