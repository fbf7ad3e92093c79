"""Consent is withdrawn before, between, during and after whatever tells somebody else of the family (SD-09a)."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from models.errors import NothingHappenedError
from models.journey.status import Status
from models.journey.steps import Step
from models.kinds import EffectKind
from models.step_down.steps.consent import Shareable
from models.ways import WAYS
from tests.builders import (
    ASSESSMENT,
    PLAN,
    THEN,
    advice,
    child_consent,
    conference,
    consent,
    consent_to_all,
    conversation,
    decision,
    exploration,
    family_sharing,
    letter,
    letter_to_agency,
    letters,
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
class Sending:
    """How a transfer comes to the point where one thing is sent, and how the other side shows that it did."""

    steps: tuple[Step, ...]
    last: Step
    """The step that lets it be sent."""
    sent: Callable[[House], int]
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
    EffectKind.SHARE_DOCUMENT: Sending(
        BEFORE_SHARING, family_sharing(), lambda house: len(house.mosaic.shares), "share", in_mosaic=True
    ),
    EffectKind.MAIL_DOCUMENT: Sending(
        BEFORE_SHARING, family_sharing(), by_mail(EffectKind.MAIL_DOCUMENT), "mail_document", mosaic_team=None
    ),
    EffectKind.REQUEST_CONVERSATION: Sending(
        BEFORE_SHARING, family_sharing(), by_mail(EffectKind.REQUEST_CONVERSATION), "request_conversation"
    ),
    EffectKind.INVITE_TO_MEETING: Sending(
        SEEN,
        scheduled(meeting_at=IN_A_MONTH),
        by_mail(EffectKind.INVITE_TO_MEETING),
        "invite_to_meeting",
        start=OF_A_PLAN,
    ),
    EffectKind.SEND_MEETING_OUTCOME: Sending(
        (*SEEN, conversation()),
        conference(occurred_at=THEN, service_attended=False),
        by_mail(EffectKind.SEND_MEETING_OUTCOME),
        "send_meeting_outcome",
        start=OF_A_PLAN,
    ),
    EffectKind.SEND_PACK: Sending(
        BEFORE_THE_DECISION, decision(), by_mail(EffectKind.SEND_PACK), "send_pack", mosaic_team=None
    ),
    EffectKind.CLOSE_CHILD: Sending(
        BEFORE_THE_DECISION, decision(), lambda house: len(house.mosaic.completed), "complete", in_mosaic=True
    ),
    EffectKind.SEND_ADVICE_SUMMARY: Sending(
        BEFORE_THE_DECISION, decision(), by_mail(EffectKind.SEND_ADVICE_SUMMARY), "send_advice_summary"
    ),
    EffectKind.TELL_SAFETY: Sending(
        (exploration(), consent(child_consent(may_share=(Shareable.ASSESSMENT,))), *BEFORE_THE_DECISION[2:]),
        decision(),
        by_mail(EffectKind.TELL_SAFETY),
        "tell_safety",
    ),
    EffectKind.RECOMMEND_FAMILIES_FIRST: Sending(
        BEFORE_THE_DECISION,
        decision(),
        by_mail(EffectKind.RECOMMEND_FAMILIES_FIRST),
        "recommend_families_first",
        mosaic_team=None,
    ),
    EffectKind.SEND_LETTER: Sending(
        (exploration(agencies=("Hill School",)), *BEFORE_THE_DECISION[1:], decision()),
        letters(letter(), letter_to_agency()),
        to_the_agency,
        "office@hill.example",
    ),
}
pytestmark = [pytest.mark.clause("SD-09a"), pytest.mark.long]
each = pytest.mark.parametrize(("kind", "case"), CASES.items(), ids=CASES)


def words_of(kind: EffectKind) -> str:
    """What it is called in a line, and in a list."""
    return f"{WAYS[kind].words.lower()}: {'letter-2' if kind is EffectKind.SEND_LETTER else ''}"


def what_happened(kind: EffectKind, now: Status) -> list[str]:
    """The lines of the timeline that tell how it ended."""
    return [entry.what for entry in now.timeline if entry.what.lower().startswith(words_of(kind))]


def had_been_sent(now: Status) -> tuple[str, str]:
    """What had been sent when consent was withdrawn, and what was under way."""
    [line] = [entry.what for entry in now.timeline if entry.what.startswith("Had been sent by then")]
    sent, _, under_way = line.lower().partition("under way then")
    return sent, under_way


def test_everything_that_tells_of_the_family_is_tried_here() -> None:
    of_a_request = {EffectKind.WRITE_CONTACT}
    assert set(CASES) == {kind for kind, way in WAYS.items() if way.tells_of_family} - of_a_request


@each
async def test_withdrawn_before_it_is_sent_nothing_is_sent(house: House, kind: EffectKind, case: Sending) -> None:
    transfer = await case.begun(house)
    await transfer.record(withdrawal())
    with suppress(WorkflowUpdateFailedError):
        await transfer.record(case.last)
    await transfer.settled()
    assert case.sent(house) == 0
    assert what_happened(kind, await transfer.status()) == []


@each
async def test_withdrawn_between_two_tries_no_other_try_begins(house: House, kind: EffectKind, case: Sending) -> None:
    transfer, troubles = await case.begun(house), case.troubles(house)
    troubles.before(case.operation, *[NothingHappenedError("down")] * 1000)
    await transfer.record(case.last)
    await transfer.until(lambda _: troubles.left(case.operation) < 1000)
    await transfer.record(withdrawal())
    now = await transfer.until(lambda now: what_happened(kind, now) != [])
    tried = troubles.left(case.operation)
    await transfer.settled()
    assert (case.sent(house), troubles.left(case.operation)) == (0, tried)
    assert "stopped before it was done" in what_happened(kind, now)[-1]
    assert words_of(kind) in had_been_sent(now)[1]


@each
async def test_withdrawn_while_it_is_sent_it_is_listed_as_sent(house: House, kind: EffectKind, case: Sending) -> None:
    transfer, troubles = await case.begun(house), case.troubles(house)
    release = troubles.hold(case.operation)
    await transfer.record(case.last)
    await transfer.until(lambda _: case.operation in troubles.reached)
    await transfer.record(withdrawal())
    release()
    now = await transfer.until(lambda now: what_happened(kind, now) != [])
    await transfer.settled()
    assert case.sent(house) == 1
    assert re.search(r": (found )?done ", what_happened(kind, now)[-1])
    assert words_of(kind) in had_been_sent(now)[1]


@each
async def test_withdrawn_after_it_was_sent_it_is_listed_and_nothing_more_is_sent(
    house: House, kind: EffectKind, case: Sending
) -> None:
    transfer = await case.begun(house)
    await transfer.record(case.last)
    await transfer.until(lambda now: case.sent(house) == 1 and not now.at_work)
    gone = sum(other.sent(house) for other in CASES.values())
    await transfer.record(withdrawal())
    await transfer.settled()
    assert sum(other.sent(house) for other in CASES.values()) == gone
    assert words_of(kind) in had_been_sent(await transfer.status())[0]
    assert [mail.to for mail in house.post.sent if "/tell_service/" in mail.key] == ["contact@north.example"]
