"""Consent is withdrawn before, between, during and after whatever tells somebody else of the family (SD-09a)."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from models.step_down.words import EFFECT_WORDS
from temporalio.client import WorkflowUpdateFailedError

from models.effects import LEAVING
from models.errors import NothingHappenedError
from models.journey.status import Status
from models.journey.steps import Step
from models.kinds import EffectKind
from tests.builders import (
    ASSESSMENT,
    PLAN,
    THEN,
    advice,
    consent,
    consent_to_all,
    conversation,
    decision,
    exploration,
    family_sharing,
    letter,
    letter_to_agency,
    letters,
    meeting,
    plan_sharing,
    practitioner,
    scheduled,
    service,
    withdrawal,
)
from tests.fakes import Troubles
from tests.workflows.conftest import House, Transfer

BEFORE_SHARING: tuple[Step, ...] = (exploration(), consent())
BEFORE_THE_DECISION = (*BEFORE_SHARING, family_sharing(), conversation(), practitioner(), advice())
SEEN = (exploration(), consent_to_all(), plan_sharing(), family_sharing())
OF_A_PLAN: dict[str, Any] = {
    "route": "plan",
    "plan_type": "child_protection",
    "documents": ({"kind": "plan", "ref": PLAN}, {"kind": "assessment", "ref": ASSESSMENT}),
}
IN_A_MONTH = datetime.now(UTC) + timedelta(days=30)


def by_mail(kind: EffectKind) -> Callable[[House], int]:
    return lambda house: sum(f"/{kind}/" in mail.key for mail in house.post.sent)


def to_the_agency(house: House) -> int:
    return sum(mail.to == "office@hill.example" for mail in house.post.sent)


@dataclass(frozen=True)
class Leaving:
    """How a transfer comes to the point where one thing is sent, and how the other side shows that it did."""

    steps: tuple[Step, ...]
    last: Step
    """The step that lets it be sent."""
    left: Callable[[House], int]
    operation: str
    """The operation of a fake that hangs or fails."""
    in_mosaic: bool = False
    mosaic_team: str | None = "team-eh"
    start: dict[str, Any] | None = None

    def troubles(self, house: House) -> Troubles:
        return house.mosaic.troubles if self.in_mosaic else house.post.troubles

    async def begun(self, house: House) -> Transfer:
        """Everything recorded up to the last step, and done by the machine."""
        house.register.services["service-north"] = service(mosaic_team=self.mosaic_team)
        transfer = await house.start(**(self.start or {}))
        for step in self.steps:
            await transfer.record(step)
            await transfer.until(lambda now: not now.at_work and now.service_name is not None)
        return transfer


CASES = {
    EffectKind.SHARE_DOCUMENT: Leaving(
        BEFORE_SHARING, family_sharing(), lambda house: len(house.mosaic.shares), "share", in_mosaic=True
    ),
    EffectKind.MAIL_DOCUMENT: Leaving(
        BEFORE_SHARING, family_sharing(), by_mail(EffectKind.MAIL_DOCUMENT), "mail_document", mosaic_team=None
    ),
    EffectKind.REQUEST_CONVERSATION: Leaving(
        BEFORE_SHARING, family_sharing(), by_mail(EffectKind.REQUEST_CONVERSATION), "request_conversation"
    ),
    EffectKind.INVITE_TO_MEETING: Leaving(
        SEEN,
        scheduled(meeting_at=IN_A_MONTH),
        by_mail(EffectKind.INVITE_TO_MEETING),
        "invite_to_meeting",
        start=OF_A_PLAN,
    ),
    EffectKind.SEND_MEETING_OUTCOME: Leaving(
        (*SEEN, conversation()),
        meeting(occurred_at=THEN, service_attended=False),
        by_mail(EffectKind.SEND_MEETING_OUTCOME),
        "send_meeting_outcome",
        start=OF_A_PLAN,
    ),
    EffectKind.SEND_PACK: Leaving(
        BEFORE_THE_DECISION, decision(), by_mail(EffectKind.SEND_PACK), "send_pack", mosaic_team=None
    ),
    EffectKind.CLOSE_CHILD: Leaving(
        BEFORE_THE_DECISION, decision(), lambda house: len(house.mosaic.completed), "complete", in_mosaic=True
    ),
    EffectKind.SEND_ADVICE_SUMMARY: Leaving(
        BEFORE_THE_DECISION, decision(), by_mail(EffectKind.SEND_ADVICE_SUMMARY), "send_advice_summary"
    ),
    EffectKind.RECOMMEND_FAMILIES_FIRST: Leaving(
        BEFORE_THE_DECISION,
        decision(),
        by_mail(EffectKind.RECOMMEND_FAMILIES_FIRST),
        "recommend_families_first",
        mosaic_team=None,
    ),
    EffectKind.SEND_LETTER: Leaving(
        (*BEFORE_THE_DECISION, decision()),
        letters(letter(), letter_to_agency()),
        to_the_agency,
        "office@hill.example",
    ),
}
pytestmark = [pytest.mark.clause("SD-09a"), pytest.mark.long]
each = pytest.mark.parametrize(("kind", "case"), CASES.items(), ids=CASES)


def words_of(kind: EffectKind) -> str:
    """What it is called in a line, and in a list."""
    return f"{EFFECT_WORDS[kind].lower()}: {'letter-2' if kind is EffectKind.SEND_LETTER else ''}"


def what_happened(kind: EffectKind, now: Status) -> list[str]:
    """The lines of the timeline that tell how it ended."""
    return [entry.what for entry in now.timeline if entry.what.lower().startswith(words_of(kind))]


def had_left(now: Status) -> tuple[str, str]:
    """What had been sent when consent was withdrawn, and what was under way."""
    [line] = [entry.what for entry in now.timeline if entry.what.startswith("Had been sent by then")]
    left, _, under_way = line.lower().partition("under way then")
    return left, under_way


def test_everything_that_leaves_is_tried_here() -> None:
    assert set(CASES) == LEAVING


@each
async def test_taken_back_before_it_leaves_nothing_leaves(house: House, kind: EffectKind, case: Leaving) -> None:
    transfer = await case.begun(house)
    await transfer.record(withdrawal())
    with suppress(WorkflowUpdateFailedError):
        await transfer.record(case.last)
    await transfer.settled()
    assert case.left(house) == 0
    assert what_happened(kind, await transfer.status()) == []


@each
async def test_taken_back_between_two_tries_no_other_try_begins(house: House, kind: EffectKind, case: Leaving) -> None:
    transfer, troubles = await case.begun(house), case.troubles(house)
    troubles.before(case.operation, *[NothingHappenedError("down")] * 1000)
    await transfer.record(case.last)
    await transfer.until(lambda _: troubles.left(case.operation) < 1000)
    await transfer.record(withdrawal())
    now = await transfer.until(lambda now: what_happened(kind, now) != [])
    tried = troubles.left(case.operation)
    await transfer.settled()
    assert (case.left(house), troubles.left(case.operation)) == (0, tried)
    assert "stopped before it was done" in what_happened(kind, now)[-1]
    assert words_of(kind) in had_left(now)[1]


@each
async def test_taken_back_while_it_leaves_it_is_listed_as_left(house: House, kind: EffectKind, case: Leaving) -> None:
    transfer, troubles = await case.begun(house), case.troubles(house)
    release = troubles.hold(case.operation)
    await transfer.record(case.last)
    await transfer.until(lambda _: case.operation in troubles.reached)
    await transfer.record(withdrawal())
    release()
    now = await transfer.until(lambda now: what_happened(kind, now) != [])
    await transfer.settled()
    assert case.left(house) == 1
    assert re.search(r": (found )?done ", what_happened(kind, now)[-1])
    assert words_of(kind) in had_left(now)[1]


@each
async def test_taken_back_after_it_left_it_is_listed_and_nothing_more_leaves(
    house: House, kind: EffectKind, case: Leaving
) -> None:
    transfer = await case.begun(house)
    await transfer.record(case.last)
    await transfer.until(lambda now: case.left(house) == 1 and not now.at_work)
    gone = sum(other.left(house) for other in CASES.values())
    await transfer.record(withdrawal())
    await transfer.settled()
    assert sum(other.left(house) for other in CASES.values()) == gone
    assert words_of(kind) in had_left(await transfer.status())[0]
    assert [mail.to for mail in house.post.sent if "/tell_service/" in mail.key] == ["contact@north.example"]
