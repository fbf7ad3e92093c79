"""What people see of time in the terminal: lines for what waits, and certificates with what people changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console, Group, RenderableType

from adapters.register.clocks import KeptClock
from adapters.register.lists import Page, TransferLine, Wanted
from cli.at_need import AtNeed
from cli.clocks import clock_lines
from cli.in_mosaic import in_mosaic_screen
from cli.listing import due_today, list_screen, none_words, page_words
from cli.main import app
from cli.screens import receipt_screen, transfer_screen
from cli.views import views_of
from client.errors import InputError
from models.certificate import Count, Pause, PauseReason, Recalculation, calculate
from models.clock_words import RUNG_WORDS
from models.journey.attention import raise_attention
from models.journey.clocks import ClockState
from models.journey.recording import receipt_again
from models.journey.status import ClockStatus
from models.journey.steps import SpokenTo
from models.kinds import ClockKind
from models.mosaic import Conference, Relationship
from models.plans import PlanOutcome
from models.policy import DEFAULT_CLOCKS, RESPONSE, Phones, Policy
from models.step_down.in_mosaic import ChildInMosaic, InMosaic
from models.step_down.journey import STEP_DOWN
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.vocabulary import LONDON
from tests.builders import (
    THEN,
    acknowledgement,
    calendar,
    consent,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_sharing,
    harm_outcome,
    harm_report,
    opening,
    record,
    request,
    seen,
    waiting_for_the_manager,
)
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import status

PHONES = Phones(duty_and_advice="0113 496 0101", out_of_hours="0113 496 0102")
RED = "\x1b[1;31m"


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment in April 2026; Good Friday is the 3rd."""
    return datetime(2026, 4, day, hour, minute, tzinfo=LONDON)


def drawn(screen: RenderableType, *, coloured: bool = False) -> str:
    console = Console(width=200, force_terminal=coloured, color_system="standard" if coloured else None)
    with console.capture() as shown:
        console.print(screen)
    return shown.get()


def clock(state: ClockState = ClockState.MET, **changes: object) -> KeptClock:
    said = {"kind": ClockKind.CONVERSATION, "received": at(2), "policy_version": "council-1", "policy": RESPONSE}
    certificate = calculate(Count.model_validate({**said, **changes}), calendar())
    return KeptClock(f"{certificate.kind}/east-hub/1", state.value, None, None, certificate, calendar())


def test_a_clock_that_was_paused_says_from_when_to_when_why_and_by_whom():
    pause = Pause(since=at(7), until=at(8, 9), reason=PauseReason.SAFETY, by="team manager tm-3")
    shown = drawn(Group(*clock_lines(clock(pauses=(pause,)))))
    assert "Tuesday 7 April 2026 10:00 to Wednesday 8 April 2026 09:00: it would not be safe (by team manager" in shown
    assert "does not count: the clock was paused: it would not be safe" in shown
    assert "Calculated again: the same." in shown


def test_a_clock_that_was_calculated_again_says_what_it_was_and_what_it_is():
    first = Recalculation(at=at(7), by="operations ops-1", calendar_before="england-1", due_before=at(8, 17))
    second = Recalculation(at=at(8), by="operations ops-2", calendar_before="england-2", due_before=at(10, 17))
    shown = drawn(Group(*clock_lines(clock(recalculations=(first, second)))))
    assert "Wednesday 8 April 2026 17:00 → Friday 10 April 2026 17:00 (by operations ops-1)" in shown
    assert "Friday 10 April 2026 17:00 → Thursday 9 April 2026 17:00 (by operations ops-2)" in shown


@pytest.mark.parametrize(("minutes", "said"), [(0, False), (90, True)])
def test_an_answer_that_was_recorded_later_shows_both_times(minutes: int, said: bool):
    kept = clock()._replace(answered_at=at(9, 16), recorded_at=at(9, 16) + timedelta(minutes=minutes))
    shown = drawn(Group(*clock_lines(kept)))
    assert "answered in time" in shown
    assert "Thursday 9 April 2026 16:00" in shown
    assert ("(recorded Thursday 9 April 2026 17:30)" in shown) is said


def test_a_wait_of_our_own_people_is_shown_in_two_lines_with_its_state():
    own = clock(ClockState.DUE_SOON, kind=ClockKind.CONSENT, policy=DEFAULT_CLOCKS[ClockKind.CONSENT])
    lines = drawn(Group(*clock_lines(own))).splitlines()
    assert [line.split()[0] for line in lines] == ["Consent", "Since", "Due", "Calculated"]
    assert lines[0].endswith("due soon")


@pytest.mark.parametrize("state", ClockState)
def test_only_what_is_waited_for_now_stands_under_time_and_what_is_overdue_is_red(state: ClockState):
    running = ClockStatus(id="c", kind=ClockKind.CONVERSATION, since=at(2), due=at(9, 17), state=state)
    shown = drawn(transfer_screen(status(facts()).model_copy(update={"clocks": (running,)})), coloured=True)
    line = f"Response of the contact due Thursday 9 April 17:00: {state.words}"
    assert (line in shown) is running.runs
    assert (f"{RED}{line}" in shown) is (state is ClockState.BREACHED)


def test_an_item_that_only_the_register_shows_says_when_it_ends_and_not_that_somebody_can_end_it():
    asked = raise_attention(facts(), at(2), "in_clear", "The start of the transfer").raised[-1]
    shown = asked.model_copy(update={"id": "R1", "problem": "no_workflow", "in_register": True})
    screen = drawn(transfer_screen(status(facts()).model_copy(update={"attention": (asked, shown)})))
    since = "Since Thursday 2 April 2026 10:00; "
    assert f"{since}operations can put it right: done_by_hand or skip [resolve_attention]" in screen
    assert f"{since}it ends when `transfers reconcile` no longer finds it" in screen


LISTED = {
    "none": (None, ""),
    "on_track": (at(9, 17), "Thursday 9 April 17:00"),
    "due_soon": (at(9, 17), "Thursday 9 April 17:00 due soon"),
    "breached": (at(9, 17), "Thursday 9 April 17:00 overdue"),
    "paused": (None, "paused"),
    "met": (None, ""),
}


LINE = TransferLine(
    id="t-1",
    journey="step-down",
    stage="conversation",
    stage_words="Conversation with the Early Help contact",
    outcome=None,
    service_ref="east-hub",
    social_work_team="north-2",
    waiting_for=("early_help_contact",),
    needs_attention=False,
    attention=(),
    restricted=False,
    response="none",
    response_due=None,
    opened_at=at(1),
)


def listed(**changes: object) -> list[str]:
    """The cells of a transfer's line in the list."""
    return [cell.strip() for cell in drawn(list_screen([replace(LINE, **changes)], at(1))).splitlines()[3].split("│")]


def test_the_list_says_of_each_which_kind_of_journey_it_is_and_how_that_ended():
    of_a_request = listed(journey="help-request", outcome="guidance", social_work_team=None)
    assert of_a_request[2] == "Request. Guidance was given"


def test_the_list_says_what_time_it_is_and_in_the_rehearsal_how_far_it_was_skipped():
    lines = [LINE, replace(LINE, id="t-2"), replace(LINE, id="t-3")]
    assert drawn(list_screen(lines, at(1))).strip().endswith("It is Wednesday 1 April 2026 10:00.")
    ahead = {"t-1": timedelta(days=1), "t-3": timedelta(days=2), "t-gone": timedelta(days=9)}
    shown = drawn(list_screen(lines, at(1), ahead))
    assert "skipped in this rehearsal for 2 of these transfers: the furthest is at Friday 3 April 2026 10:00." in shown
    assert ["time skipped" in line for line in shown.splitlines() if line.startswith("│")] == [True, False, True]


def test_what_is_due_today_is_due_before_midnight_in_london_on_the_day_of_each_transfer():
    before = due_today(at(8, 23), {"t-1": timedelta(days=2), "t-2": timedelta(hours=1)})
    assert before.moment == at(9, 0)
    assert before.of_these == {"t-1": at(11, 0), "t-2": at(10, 0)}


PAGES = {
    "only": (Page([LINE] * 3, 3), 1, "Transfers 1 to 3 of 3, the newest first."),
    "first": (Page([LINE] * 50, 3000), 1, "Transfers 1 to 50 of 3,000, the newest first. The next ones: --page 2."),
    "last": (Page([LINE] * 2, 102), 3, "Transfers 101 to 102 of 102, the newest first."),
}


@pytest.mark.parametrize("which", PAGES)
def test_a_page_of_the_list_says_how_many_there_are_and_how_the_next_ones_are_seen(which: str):
    page, number, words = PAGES[which]
    assert page_words(page, number, 50) == words


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="--page: the last page is 3"):
        page_words(Page([], 102), 4, 50)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(ended=True), "No transfers yet. `transfers start FILE` starts one."),
        (Wanted(), "with --all, those that have ended are listed, too"),
        (Wanted(team="north-2"), "No open transfer matches that; with --all"),
        (Wanted(team="north-2", ended=True), "No transfer matches that."),
    ],
)
def test_where_no_transfer_is_found_the_list_says_where_else_to_look(wanted: Wanted, words: str):
    assert words in none_words(wanted)


def test_two_children_can_be_told_apart_on_a_narrow_screen():
    refs = ("t-1234567890-child-1", "t-1234567890-child-2")
    now = status(facts(request=request(*refs, id="t-1234567890")))
    console = Console(width=80)
    with console.capture() as shown:
        console.print(transfer_screen(now))
    told = shown.get().partition("Children")[2].partition("What happened")[0]
    firsts = [line.split()[1] for line in told.splitlines() if "consent: " in line]
    assert firsts == [f"{ref}:" for ref in refs]
    assert "…" not in shown.get()


@pytest.mark.parametrize("response", LISTED)
def test_the_list_says_when_the_answer_is_due_and_how_it_stands(response: str):
    due, words = LISTED[response]
    assert listed(response=response, response_due=due)[4] == words


HARM_LISTED = {
    "open": (None, "Conversation with the Early Help contact; significant harm reported"),
    "transferred": ("transferred", "Passed to Early Help; a risk of significant harm was reported after that"),
    "escalated": ("escalated", "Stopped: a risk of significant harm was reported"),
}


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize(("outcome", "words"), HARM_LISTED.values(), ids=HARM_LISTED)
def test_the_list_marks_a_transfer_of_which_significant_harm_was_reported(outcome: str | None, words: str):
    assert listed(outcome=outcome, harm_reported=True)[2] == words
    assert "after that" not in listed(outcome=outcome)[2]
    assert "significant harm reported" not in listed(outcome=outcome)[2]


@pytest.mark.clause("SU-01")
def test_the_list_marks_a_transfer_of_which_a_report_of_harm_could_not_be_taken():
    marked = listed(needs_attention=True, attention=("locked", "harm_not_taken"))[2]
    assert marked == "Conversation with the Early Help contact; a report of harm could not be taken; needs attention"
    assert "harm" not in listed(needs_attention=True, attention=("locked",))[2]


@pytest.mark.clause("SU-01")
def test_a_report_of_significant_harm_stands_above_everything_else_in_red_with_whom_to_ring():
    now = status(record(facts(opening=opening(policy=Policy(phones=PHONES))), harm_report()))
    shown = " ".join(drawn(transfer_screen(now)).replace("│", " ").split())
    banner, _, _ = shown.partition("Decision, child by child")
    command = "transfers step transfer-1 FILE --corrects report_significant_harm"
    assert banner.endswith(f"{now.harm[0].words} {PHONES.words} {command} ")
    assert f"{RED}A risk of significant harm was reported" in drawn(transfer_screen(now), coloured=True)
    assert "Ring" not in drawn(transfer_screen(status(facts())))


@pytest.mark.clause("SU-01")
def test_how_a_transfer_ended_tells_of_a_report_that_came_after_the_child_had_passed_on():
    reported = harm_report(spoken_to=SpokenTo(who="the duty worker", at=THEN))
    ended = facts_after(
        reported, acknowledgement(), seen(), harm_outcome(nothing=False), before=facts_before(AcknowledgeTransfer)
    )
    shown = drawn(transfer_screen(status(ended)))
    assert "Passed to Early Help; a risk of significant harm was reported after that." in shown


@pytest.mark.clause("SU-01")
def test_whoever_records_a_step_from_which_nothing_follows_reads_that_everything_is_stopped():
    after = record(record(facts(), harm_report()), exploration())
    shown = drawn(receipt_screen(after.request.id, after.receipts[-1]), coloured=True)
    assert f"{RED}Everything is stopped, as a risk of significant harm was reported." in shown
    assert "nothing is sent or closed because of it." in " ".join(shown.split())


def test_whoever_sends_a_step_again_reads_that_it_was_recorded_before_and_what_is_waited_for_today() -> None:
    before = record(facts(), exploration())
    now = facts_after(consent(), family_sharing(), before=before)
    again = receipt_again(STEP_DOWN, now, exploration().step_id)
    said = " ".join(drawn(receipt_screen(now.request.id, again)).split())
    assert "This was recorded before, on Monday 2 March 2026 12:00; nothing was recorded again." in said
    assert "Taken" not in said
    first = before.receipts[-1].next_steps[0].ask
    assert first not in said
    assert again.today.next_steps[0].ask in said


def helps(command: Any) -> Iterator[str]:
    """What the command and everything in it says of itself."""
    yield command.help or ""
    for parameter in command.params:
        yield getattr(parameter, "help", None) or ""
    for name, inner in getattr(command, "commands", {}).items():
        yield from helps(command.found(name) if isinstance(command, AtNeed) else inner)


def test_one_word_is_used_for_an_answer_that_did_not_come_in_time():
    views = views_of(at(2), (), ())
    said = [*helps(app), *(f"{view.name} {view.question}" for view in views)]
    said += [*(state.words for state in ClockState), *RUNG_WORDS.values()]
    assert [words for words in said if "breach" in words.lower()] == []
    assert "Overdue" in {view.name for view in views}
    assert (ClockState.BREACHED.words, ClockState.LATE.words) == ("overdue", "answered late")


def test_the_few_who_may_see_it_read_what_keeps_a_child_open_and_what_mosaic_does_not_say() -> None:
    mother = Relationship(person_ref="mother", relation="mother", parental_responsibility=None)
    conference = Conference(held_on=date(2026, 3, 2), outcome=PlanOutcome.GOES_ON, confirmed=False)
    record_ = NOTHING_KEEPS_OPEN.model_copy(
        update={"born_on": date(2012, 4, 5), "conference": conference, "relationships": (mother,)}
    )
    seen = InMosaic(
        children=(
            ChildInMosaic(
                ref="child-a",
                looked_at=at(1),
                keeps_open=("The child is looked after.",),
                does_not_say=("whether the assessment is authorised",),
                record=record_,
            ),
            ChildInMosaic(ref="child-b", looked_at=None, keeps_open=(), does_not_say=(), record=None),
        )
    )
    shown = drawn(in_mosaic_screen("t-1", seen))
    for words in (
        "Keeps it open: The child is looked after.",
        "Mosaic does not say whether the assessment is authorised.",
        "Born: 05 April 2012",
        "Review conference: the plan goes on, held on 02 March 2026, not confirmed by its chair",
        "Related: mother, mother, parental responsibility not said",
        "Mosaic has not answered yet.",
    ):
        assert words in shown


@pytest.mark.clause("SD-23b")
def test_whoever_is_to_act_finds_the_command_to_copy_where_the_act_is_asked_for():
    waits = waiting_for_the_manager()
    for screen in (transfer_screen(status(waits)), receipt_screen(waits.request.id, waits.receipts[-1])):
        assert f"transfers step {waits.request.id} FILE --of record_decisions" in drawn(screen)


def test_what_waits_for_a_step_says_how_its_file_is_printed() -> None:
    said = drawn(transfer_screen(status(facts())))
    assert "with what is known filled in: transfers step transfer-1 --new STEP > FILE" in said
