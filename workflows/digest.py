"""The morning digest: one e-mail for each reader, as a short workflow that a schedule starts each working day."""

import asyncio
from datetime import date, datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.digest import DigestActivities, PlanDigests, SendDigest
    from activities.failures import problem
    from models.attention import PROBLEMS
    from models.effects import Effect, Ended, Intent
    from models.kinds import EffectKind
    from models.markdown import as_much_as_fits, item, plain, titled
    from models.operations.digest import DigestPlan, Recipient, london_day
    from models.vocabulary import Frozen, day_words
    from workflows.timeouts import ALERT, REGISTER, UNTIL_IT_ANSWERS

STALE_AFTER = timedelta(hours=6)
"""Counted from the start. What could not be told by then is told tomorrow, as it stands then."""

A_MOMENT = timedelta(seconds=1)

AT_ONCE = 25
"""Readers whose mails begin in one workflow task: a task that takes longer than two seconds counts as stuck."""

CLAUSE = "SD-34, SD-35"
TOO_LATE = "nothing ran here this morning, and it is too late now"


class NotTold(Frozen):
    """Somebody who did not get their digest, and the code of the problem."""

    recipient: Recipient
    problem: str


class DigestResult(Frozen):
    """What became of the digest of a day."""

    day: date
    nothing_because: str | None = None
    """Why nobody was to be told: the day off by its name, or that it came too late."""
    told: int = 0
    not_told: tuple[NotTold, ...] = ()


@workflow.defn(failure_exception_types=[ValidationError])
class MorningDigest:
    """Tells each reader what is due today, what is overdue and what waits for them.

    It takes no argument: a schedule adds the time to the workflow's id, and to that id a payload would be bound.
    """

    def __init__(self) -> None:
        """Begin with nobody told."""
        self._told = 0
        self._not_told: list[NotTold] = []

    @workflow.run
    async def run(self) -> DigestResult:
        """Plan, tell everybody side by side, and say who could not be told."""
        now, stale = workflow.now(), workflow.info().workflow_start_time + STALE_AFTER
        day = london_day(now)
        if now >= stale:
            return self._ended(DigestResult(day=day, nothing_because=TOO_LATE))
        plan = await self._plan(now, stale)
        await asyncio.gather(
            *(self._tell(reader, now, stale, place // AT_ONCE) for place, reader in enumerate(plan.readers)),
        )
        not_told = tuple(sorted(self._not_told, key=lambda one: one.recipient.id))
        return self._ended(
            DigestResult(day=day, nothing_because=plan.day_off, told=self._told, not_told=not_told),
        )

    async def _plan(self, now: datetime, stale: datetime) -> DigestPlan:
        """Who has to be told what; nobody on a day off."""
        return await workflow.execute_activity_method(
            DigestActivities.plan_digests,
            PlanDigests(at=now),
            start_to_close_timeout=REGISTER.attempt,
            schedule_to_close_timeout=stale - now,
            retry_policy=UNTIL_IT_ANSWERS,
            summary="See who has to be told what",
        )

    async def _tell(self, reader: Recipient, now: datetime, stale: datetime, turn: int) -> None:
        """Mail one digest, and note who could not be told; nobody waits for anybody else's mail."""
        if turn:
            await workflow.sleep(turn * A_MOMENT, summary="One after the other")
        effect = Effect(kind=EffectKind.MAIL_DIGEST, audience=reader.audience, reader=reader.ref)
        intent = Intent(transfer_id=f"digest-{london_day(now)}", effect=effect, clause=CLAUSE)
        try:
            result = await workflow.execute_activity_method(
                DigestActivities.mail_digest,
                SendDigest(intent=intent, at=now, reader=reader),
                task_queue=ALERT.queue(workflow.info().task_queue),
                start_to_close_timeout=ALERT.attempt,
                # A limit of nothing would be none.
                schedule_to_close_timeout=max(stale - workflow.now(), A_MOMENT),
                heartbeat_timeout=ALERT.heartbeat,
                retry_policy=UNTIL_IT_ANSWERS,
                summary=f"Tell {reader.words}",
            )
            self._told += result.ended is not Ended.STOPPED
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._not_told.append(NotTold(recipient=reader, problem=problem(error)))

    def _ended(self, result: DigestResult) -> DigestResult:
        workflow.set_current_details(details(result))
        return result


def details(result: DigestResult) -> str:
    """The current details that the Temporal UI shows, in Markdown."""
    lines = [f"## Morning digest of {day_words(result.day)}", ""]
    if result.nothing_because is not None:
        return "\n".join([*lines, f"Nobody was told anything: {result.nothing_because}."])
    not_told = (item(f"{plain(one.recipient.words)}: {PROBLEMS[one.problem].happened}") for one in result.not_told)
    lines += [f"Told by e-mail: {result.told}", "", *titled("Not told", not_told)]
    return as_much_as_fits(lines, "The rest stands in the result of this run, on the page *Timeline*.")
