"""The reference: a bare Temporal workflow that takes the same steps and does the same outside, and nothing else.

It calls the product's own activities for what the outside sees: open, share, request, close, summary, letters. It knows
no rules, keeps no status and no evidence, and counts no clocks. ``python -m benchmarks.journey.bare`` is its worker.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contact_conversation import ContactConversationActivities, RequestConversation
    from activities.correspondence import CorrespondenceActivities, SendAdviceSummary, SendLetter
    from activities.letters.papers import PackDocument, Papers
    from activities.mosaic import CloseChild, MosaicActivities, ShareDocument
    from activities.register import OpenTransfer, RegisterActivities
    from models.census import ClosureReason
    from models.effects import Effect, EffectResult, Intent
    from models.kinds import EffectKind
    from models.services import EarlyHelpService
    from models.step_down.family import FamilyMember
    from models.step_down.held import PlanHere
    from models.step_down.letter_words import text_of
    from models.step_down.safety import safety
    from models.step_down.start import StepDownRequest
    from models.step_down.steps.confirmation import Letter
    from models.step_down.steps.conversation import AgreedChild
    from models.step_down.steps.decision import Decision
    from models.step_down.steps.every import AnyStep
    from models.step_down.telling import Telling, ToldChild
    from workflows.timeouts import MAIL, MOSAIC, REGISTER, UNTIL_IT_ANSWERS, Patience

ANSWER = timedelta(days=10)


@workflow.defn
class BareStepDown:
    """Example 01 as a workflow that trusts everybody."""

    @workflow.init
    def __init__(self, start: StepDownRequest) -> None:
        """Nothing was said yet."""
        self.start = start
        self.said: dict[str, Any] = {}
        self.opened_at = workflow.now()

    @workflow.run
    async def run(self, start: StepDownRequest) -> str:
        """From the start to the first contact."""
        opening = await workflow.execute_activity_method(
            RegisterActivities.open_transfer,
            OpenTransfer(request=start, at=workflow.now()),
            start_to_close_timeout=REGISTER.attempt,
            retry_policy=UNTIL_IT_ANSWERS,
        )
        service = opening.service
        if service is None:
            raise ApplicationError("the directory has no such service", type="StartRefused", non_retryable=True)
        papers = await self._ask(service)
        await self._until("record_contact_conversation", within=ANSWER)
        await self._until("name_lead_practitioner", "record_advice_summary", "record_decisions", "authorise")
        await asyncio.gather(*self._closings(service))
        work = [self._summary(service, papers)]
        await self._until("approve_letters")
        work += self._letters(service)
        await self._until("acknowledge_transfer", within=ANSWER)
        await self._until("record_first_contact", within=ANSWER)
        await asyncio.gather(*work)
        return "transferred"

    @workflow.update
    def record(self, step: AnyStep) -> str:
        """Take a step."""
        self.said[step.step] = step
        return step.step_id

    @record.validator
    def _once(self, step: AnyStep) -> None:
        if step.step in self.said:
            raise ApplicationError("recorded before", type="StepRefused")

    async def _until(self, *names: str, within: timedelta | None = None) -> None:
        await workflow.wait_condition(lambda: all(name in self.said for name in names), timeout=within)

    async def _ask(self, service: EarlyHelpService) -> Papers:
        await self._until("record_exploration", "record_consent", "record_family_sharing")
        shared = self.said["record_family_sharing"]
        kind = self.start.documents[0].kind
        papers = Papers(agreed=(PackDocument(kind=kind, ref=shared.document_ref, version=shared.version),))
        document = {"document_ref": shared.document_ref, "version": shared.version, "team": service.mosaic_team}
        about = {"document": shared.document_ref, "version": shared.version, "service": service.ref}
        intent = self._intent(EffectKind.SHARE_DOCUMENT, **about)
        await self._do(MosaicActivities.share_document, MOSAIC, ShareDocument(intent=intent, **document))
        request = RequestConversation(
            intent=self._intent(EffectKind.REQUEST_CONVERSATION, service=service.ref),
            service=service,
            social_worker=f"team {self.start.social_work_team}",
            papers=papers,
        )
        await self._do(ContactConversationActivities.request_conversation, MAIL, request)
        return papers

    def _closings(self, service: EarlyHelpService) -> list[asyncio.Task[EffectResult]]:
        return [
            self._do(
                MosaicActivities.close_child,
                MOSAIC,
                CloseChild(
                    intent=self._intent(EffectKind.CLOSE_CHILD, child=child.ref),
                    child_ref=child.ref,
                    route=self.start.route,
                    since=self.opened_at,
                    transfer_to=service.mosaic_team if child.decision is Decision.TRANSFER else None,
                    reason=(
                        ClosureReason.ASSESSED_EARLY_HELP
                        if child.decision is Decision.TRANSFER
                        else ClosureReason.ASSESSED_NO_ACTION
                    ),
                    plan=PlanHere(protected=False),
                ),
            )
            for child in self.said["record_decisions"].children
        ]

    def _summary(self, service: EarlyHelpService, papers: Papers) -> asyncio.Task[EffectResult]:
        named = self.said["name_lead_practitioner"]
        about = {"practitioner": named.practitioner, "service": service.ref}
        order = SendAdviceSummary(
            intent=self._intent(EffectKind.SEND_ADVICE_SUMMARY, **about),
            practitioner=named,
            advice=tuple(self.said["record_advice_summary"].children),
            agreed=tuple(child for child in self.said["record_contact_conversation"].children if child.agreed),
            safety=safety(self.start.family, [child.ref for child in self.start.children]),
            papers=papers,
            social_worker=f"team {self.start.social_work_team}",
        )
        return self._do(CorrespondenceActivities.send_advice_summary, MAIL, order)

    def _letters(self, service: EarlyHelpService) -> list[asyncio.Task[EffectResult]]:
        return [
            self._do(
                CorrespondenceActivities.send_letter,
                MAIL,
                self._letter(letter, service),
            )
            for letter in self.said["approve_letters"].letters
        ]

    def _agreed(self, ref: str) -> AgreedChild | None:
        said = self.said["record_contact_conversation"].children
        return next((child for child in said if child.ref == ref and child.agreed), None)

    def _letter(self, letter: Letter, service: EarlyHelpService) -> SendLetter:
        decided = [child for child in self.said["record_decisions"].children if child.ref in letter.about]
        told = Telling(
            audience=letter.audience,
            reader=letter.agency or self._person(letter).called,
            reference=self.start.id,
            children=tuple(
                ToldChild(
                    ref=child.ref,
                    decision=child.decision,
                    practitioner=self.said["name_lead_practitioner"] if self._agreed(child.ref) else None,
                    agreed=self._agreed(child.ref),
                )
                for child in decided
            ),
            service=service.name,
        )
        return SendLetter(
            intent=self._intent(EffectKind.SEND_LETTER, letter=letter.letter_id),
            to=letter.address or self._person(letter).contact.ways[0].to,
            reference=self.start.id,
            text=text_of(told),
            children=letter.about,
        )

    def _person(self, letter: Letter) -> FamilyMember:
        people = self.start.family.people if self.start.family else ()
        return next(person for person in people if person.ref == letter.person)

    def _intent(self, kind: EffectKind, **about: Any) -> Intent:
        return Intent(transfer_id=self.start.id, effect=Effect(kind=kind, **about), clause="bare")

    def _do(self, act: Callable[..., EffectResult], patience: Patience, order: Any) -> asyncio.Task[EffectResult]:
        return asyncio.create_task(
            workflow.execute_activity_method(
                act,
                order,
                task_queue=patience.queue(workflow.info().task_queue),
                start_to_close_timeout=patience.attempt,
                heartbeat_timeout=patience.heartbeat,
                retry_policy=UNTIL_IT_ANSWERS,
            )
        )


if __name__ == "__main__":
    from benchmarks.journey.bare import BareStepDown as Imported
    from worker.lanes import Workflows
    from worker.process import main

    # The product's own process in everything else: lanes, threads, encryption, settings. In the sandbox, as Temporal
    # runs workflows unless it is told otherwise.
    asyncio.run(main(Workflows(classes=(Imported,))))
