"""Reconciliation: the register, Mosaic and Temporal compared, as a short workflow; what differs becomes attention."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.reconcile import (
        AboutTransfers,
        ListTransfers,
        LookInMosaic,
        ReconcileActivities,
        RestoreInRegister,
        ShowInRegister,
        TellTransfer,
    )
    from models.markdown import as_much_as_fits, item, plain, titled
    from models.operations.comparison import (
        Ran,
        Registered,
        RunState,
        SeenInMosaic,
        Sides,
        confirmed,
        differences,
        sides,
    )
    from models.operations.differences import LOST, MOST_LISTED, Became, Difference, Found, Reconciled
    from models.step_down.start import Route
    from workflows.timeouts import LOOKS, REGISTER, UNTIL_IT_ANSWERS, WORKFLOWS

T = TypeVar("T")

CLOSED_WITHIN = timedelta(days=30)
"""What ended longer ago is not compared: Temporal forgets it, and in Mosaic the family has gone on."""

AT_A_TIME = 50
"""Transfers; their answers are far from the limit of a payload."""

QUESTIONS = 10
"""To Mosaic in one call, so that a limit on their rate does not keep a call from ever ending."""

MOST_TOLD = 100
"""In one comparison: where so much differs at once, something else is wrong, and nobody reads on."""

PATIENCE = timedelta(minutes=5)
"""With one question, however often it is asked."""


@workflow.defn(failure_exception_types=[ValidationError])
class Reconcile:
    """Compares every open transfer, and those that were closed of late.

    It takes no argument: a schedule adds the time to the workflow's id, and to that id a payload would be bound.
    """

    def __init__(self) -> None:
        """Begin with nothing compared."""
        self._result = Reconciled()
        self._mosaic_answers = True

    @workflow.run
    async def run(self) -> Reconciled:
        """Compare, some transfers at a time; look again at what differs, and tell it."""
        ids = await self._list()
        for some in _portions(ids, AT_A_TIME):
            self._show(f"Comparing {len(ids):,} transfers; {self._result.transfers:,} are done.")
            await self._compare(some)
        self._show(self._result.words)
        return self._result

    async def _compare(self, ids: Sequence[str]) -> None:
        first = await self._look(ids)
        suspects = [difference for one in first for difference in differences(one)]
        again = await self._look_again(first, suspects) if suspects else []
        differ = confirmed(suspects, (difference for one in again for difference in differences(one)))
        compared = {one.ran.id: one for one in (*first, *again)}
        self._count(compared.values())
        for one in compared.values():
            await self._tell(one, [difference for difference in differ if difference.transfer_id == one.ran.id])

    async def _look(self, ids: Sequence[str]) -> list[Sides]:
        """First the register, then Temporal and Mosaic: what has just been done cannot look undone."""
        held = await self._read_register(ids)
        ran = await self._ask_workflows(ids)
        return list(sides(held, ran, await self._look_in_mosaic(held, ran)))

    async def _look_again(self, first: Sequence[Sides], suspects: Iterable[Difference]) -> list[Sides]:
        """The other way round: first Mosaic and Temporal, then the register, so that it has had time to follow."""
        ids = list(dict.fromkeys(difference.transfer_id for difference in suspects))
        looked = [one for one in first if one.ran.id in ids]
        seen = await self._look_in_mosaic([one.held for one in looked if one.held], [one.ran for one in looked])
        ran = await self._ask_workflows(ids)
        return list(sides(await self._read_register(ids), ran, seen))

    def _count(self, compared: Collection[Sides]) -> None:
        so_far, silent = self._result, [one.ran.id for one in compared if not one.whole]
        self._result = so_far.model_copy(
            update={
                "transfers": so_far.transfers + len(compared),
                "children": so_far.children + sum(len(one.children) for one in compared),
                "documents": so_far.documents + sum(len(one.documents) for one in compared),
                "not_compared": so_far.not_compared + len(silent),
                "unanswered": (*so_far.unanswered, *silent)[:MOST_LISTED],
            }
        )

    async def _tell(self, one: Sides, differ: Sequence[Difference]) -> None:
        """The transfer itself where it runs, and else the register; what is still lost there is told the next time."""
        told, runs = differ[: MOST_TOLD - self._result.tried], one.ran.state is RunState.RUNS
        restored = [await self._restore(difference) for difference in told if difference.kind in LOST]
        held_again = all(one.became is Became.RESTORED for one in restored)
        found = [await self._tell_transfer(difference) for difference in told] if runs and held_again else restored
        in_register = () if runs else tuple(difference for difference in told if difference.kind not in LOST)
        shows = one.held is not None and one.held.shows and one.whole
        if in_register or (shows and len(told) == len(differ)):
            found += await self._show_in_register(one, in_register)
        left = self._result.remaining + len(differ) - len(told)
        self._result = self._result.with_found(found).model_copy(update={"remaining": left})

    async def _list(self) -> tuple[str, ...]:
        return await workflow.execute_activity_method(
            ReconcileActivities.list_transfers,
            ListTransfers(closed_since=workflow.now() - CLOSED_WITHIN),
            start_to_close_timeout=WORKFLOWS.attempt,
            schedule_to_close_timeout=PATIENCE,
            retry_policy=UNTIL_IT_ANSWERS,
            summary="See which transfers are compared",
        )

    async def _read_register(self, ids: Sequence[str]) -> tuple[Registered, ...]:
        return await workflow.execute_activity_method(
            ReconcileActivities.read_register,
            AboutTransfers(ids=tuple(ids)),
            start_to_close_timeout=REGISTER.attempt,
            schedule_to_close_timeout=PATIENCE,
            retry_policy=UNTIL_IT_ANSWERS,
            summary="What the register says",
        )

    async def _ask_workflows(self, ids: Sequence[str]) -> tuple[Ran, ...]:
        return await workflow.execute_activity_method(
            ReconcileActivities.ask_workflows,
            AboutTransfers(ids=tuple(ids)),
            start_to_close_timeout=WORKFLOWS.attempt,
            schedule_to_close_timeout=PATIENCE,
            retry_policy=UNTIL_IT_ANSWERS,
            summary="What Temporal says",
        )

    async def _look_in_mosaic(self, held: Iterable[Registered], ran: Iterable[Ran]) -> SeenInMosaic:
        """Once it has been silent for long, it is not asked again; the rest is compared without it."""
        answers = [await self._ask_mosaic(some) for some in _questions(held, ran)]
        return SeenInMosaic(
            children=tuple(child for answer in answers for child in answer.children),
            documents=tuple(document for answer in answers for document in answer.documents),
            newest=tuple(version for answer in answers for version in answer.newest),
        )

    async def _ask_mosaic(self, questions: LookInMosaic) -> SeenInMosaic:
        if not self._mosaic_answers:
            return SeenInMosaic()
        try:
            return await workflow.execute_activity_method(
                ReconcileActivities.look_in_mosaic,
                questions,
                task_queue=LOOKS.queue(workflow.info().task_queue),
                start_to_close_timeout=LOOKS.attempt,
                schedule_to_close_timeout=PATIENCE,
                retry_policy=UNTIL_IT_ANSWERS,
                summary="What Mosaic says",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._mosaic_answers = False
            return SeenInMosaic()

    async def _tell_transfer(self, difference: Difference) -> Found:
        try:
            return await workflow.execute_activity_method(
                ReconcileActivities.tell_transfer,
                TellTransfer(difference=difference, at=workflow.now()),
                start_to_close_timeout=WORKFLOWS.attempt,
                schedule_to_close_timeout=WORKFLOWS.attempt,
                retry_policy=UNTIL_IT_ANSWERS,
                summary="Tell the transfer what differs",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return Found(difference=difference, became=Became.NOT_TOLD)

    async def _restore(self, difference: Difference) -> Found:
        """The register shows again what it had lost, and which only the transfer itself knows."""
        try:
            await workflow.execute_activity_method(
                ReconcileActivities.restore_in_register,
                RestoreInRegister(transfer_id=difference.transfer_id),
                start_to_close_timeout=WORKFLOWS.attempt,
                schedule_to_close_timeout=PATIENCE,
                retry_policy=UNTIL_IT_ANSWERS,
                summary="Show in the register what it had lost",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return Found(difference=difference, became=Became.NOT_TOLD)
        return Found(difference=difference, became=Became.RESTORED)

    async def _show_in_register(self, one: Sides, found: tuple[Difference, ...]) -> tuple[Found, ...]:
        return await workflow.execute_activity_method(
            ReconcileActivities.show_differences,
            ShowInRegister(transfer_id=one.ran.id, found=found, at=workflow.now(), all_compared=one.whole),
            start_to_close_timeout=REGISTER.attempt,
            schedule_to_close_timeout=PATIENCE,
            retry_policy=UNTIL_IT_ANSWERS,
            summary="Show in the register what differs",
        )

    def _show(self, words: str) -> None:
        workflow.set_current_details(details(self._result, words))


def details(result: Reconciled, words: str) -> str:
    """The current details that the Temporal UI shows, in Markdown."""
    found = (
        item(f"{one.difference.transfer_id}: {plain(one.difference.line)} ({one.became.words})") for one in result.found
    )
    lines = ["## The register, Mosaic and Temporal compared", "", words, "", *titled("What differs", found)]
    return as_much_as_fits(lines, "The rest stands in `transfers reconcile`.")


def _questions(held: Iterable[Registered], ran: Iterable[Ran]) -> list[LookInMosaic]:
    """What Mosaic is asked about these transfers, some questions at a time."""
    held = tuple(held)
    documents = [document for one in held for document in one.shared]
    papers = list(dict.fromkeys(paper.ref for one in ran for paper in one.papers))
    children = {route: [c for one in held if one.route == route for c in one.asked_about] for route in Route}
    return [
        *(
            LookInMosaic(route=route, children=tuple(some))
            for route, asked in children.items()
            for some in _portions(asked, QUESTIONS)
        ),
        *(LookInMosaic(documents=tuple(some)) for some in _portions(documents, QUESTIONS)),
        *(LookInMosaic(newest=tuple(some)) for some in _portions(papers, QUESTIONS)),
    ]


def _portions(all_of_it: Sequence[T], size: int) -> list[Sequence[T]]:
    return [all_of_it[start : start + size] for start in range(0, len(all_of_it), size)]
