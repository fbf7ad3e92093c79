"""Mails whose end is unclear, which a person clears up; and the control, a worker that does without the protocol."""

import asyncio

import pytest

from cli.rehearsal.books import Books, read_books
from cli.rehearsal.expectation import as_far_as_said
from cli.wiring import temporal
from models.journey.status import Status
from models.step_down.stage import Outcome
from tests.system.conftest import MAIN_CASE, NAIVE, Rehearsal, until
from tests.system.family import Family

HANG = 90


def open_attention(now: Status) -> list[str]:
    return [item.problem for item in now.attention if item.open]


def assert_mail_is_as_expected(books: Books, family: Family) -> None:
    expected = family.case.expect.mail
    assert sorted(map(str, as_far_as_said(books.mail, expected))) == sorted(map(str, expected))


@pytest.mark.clause("SD-33")
@pytest.mark.long
async def test_a_letter_whose_worker_was_killed_after_data_is_never_sent_again_but_asks_a_person(rehearsal: Rehearsal):
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    await family.record_up_to("authorise")
    await family.until(lambda now: any("advice to the practitioner" in entry.what for entry in now.timeline))
    addresses = ("ms.example@home.example", "office@oak-school.example")
    letters = lambda: [len(rehearsal.mails(address)) for address in addresses]  # noqa: E731
    before = letters()
    rehearsal.mail_fault(when="after", action="hang", seconds=HANG, times=2)
    await family.record("approve_letters")
    # Both: one that was not on its way yet when the worker died would simply be sent by the next.
    await asyncio.to_thread(until, lambda: letters() == [count + 1 for count in before])
    rehearsal.kill_worker()
    rehearsal.forgive()
    rehearsal.start_worker()
    now = await family.until(lambda now: len(open_attention(now)) == 2)
    assert open_attention(now) == ["unclear", "unclear"]
    await family.resolve("A1", resolution="done_by_hand", note="Ms Example has the letter")
    await family.resolve("A2", resolution="done_by_hand", note="The school has the letter")
    await family.record("acknowledge_transfer", "record_first_contact")
    assert (await family.closed()).outcome == Outcome.TRANSFERRED
    assert_mail_is_as_expected(read_books(rehearsal.local, family.case), family)


@pytest.mark.long
async def test_the_naive_control_doubles_the_letter_and_the_share(rehearsal: Rehearsal):
    rehearsal.kill_worker()
    rehearsal.start_worker(NAIVE)
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    rehearsal.mosaic_fault(operation="share_document", when="after", action="hang", seconds=HANG)
    await family.record_up_to("record_family_sharing")
    shares = lambda: rehearsal.mosaic_books(family.case.mosaic.family_ref)["shares"]  # noqa: E731
    await asyncio.to_thread(until, shares)
    rehearsal.kill_worker()
    rehearsal.start_worker(NAIVE)
    await asyncio.to_thread(until, lambda: len(shares()) == 2)
    await family.record("record_contact_conversation", "name_lead_practitioner", "record_advice_summary")
    await family.record("record_decisions", "authorise")
    await family.until(lambda now: any("advice to the practitioner" in entry.what for entry in now.timeline))
    letters = lambda: [m for m in read_books(rehearsal.local, family.case).mail if "ms.example" in m.to]  # noqa: E731
    rehearsal.mail_fault(when="after", action="hang", seconds=HANG, times=2)
    await family.record("approve_letters")
    await asyncio.to_thread(until, letters)
    rehearsal.kill_worker()
    rehearsal.forgive()
    rehearsal.start_worker(NAIVE)
    await asyncio.to_thread(until, lambda: len(letters()) == 2)
    await family.record("acknowledge_transfer", "record_first_contact")
    await family.closed()
    rehearsal.kill_worker()


@pytest.mark.long
@pytest.mark.clause("SD-33")
async def test_a_letter_that_the_server_dropped_before_storing_it_goes_out_once_when_a_person_says_retry(
    rehearsal: Rehearsal,
):
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    await family.record_up_to("authorise")
    await family.until(lambda now: any("advice to the practitioner" in entry.what for entry in now.timeline))
    rehearsal.mail_fault(when="before", action="drop", times=2)
    await family.record("approve_letters")
    now = await family.until(lambda now: len(open_attention(now)) == 2)
    assert open_attention(now) == ["unclear", "unclear"]
    await family.resolve("A1", resolution="retry")
    await family.resolve("A2", resolution="retry")
    await family.record("acknowledge_transfer", "record_first_contact")
    assert (await family.closed()).outcome == Outcome.TRANSFERRED
    assert_mail_is_as_expected(read_books(rehearsal.local, family.case), family)
