"""Who reads what in the morning."""

import re
from datetime import timedelta
from typing import Any

import pytest

from activities.letters.digest import digest_letter
from models.kinds import Audience, ClockKind
from models.operations.digest import MOST_LINES, WAITS_FOR, Digest, RunningClock, RunningTransfer, Section, digest_for
from models.step_down.stage import Stage
from models.vocabulary import Role
from tests.digests import FRIDAY, MORNING, TODAY, TOMORROW, clock, digests, running

CONTACT, WORKER, MANAGER = "early_help_contact/service-north", "social_worker/sw-7", "team_manager/tm-1"
SERVICE_MANAGER = "early_help_manager/service-north"
LEADER, OPERATIONS = "targeted_services_leader/targeted-services-leader", "operations/operations"
OTHER_CLOCKS = {kind for kind, roles in WAITS_FOR.items() if Role.SOCIAL_WORKER in roles}


def read(*transfers: RunningTransfer) -> dict[str, list[tuple[str, Section, ClockKind | None]]]:
    """What each reader reads."""
    return {
        digest.recipient.id: [(line.transfer_id, line.section, line.kind) for line in digest.lines]
        for digest in digests(transfers, MORNING)
    }


def digest_of(reader: str, *transfers: RunningTransfer) -> Digest:
    return next(digest for digest in digests(transfers, MORNING) if digest.recipient.id == reader)


def test_nobody_is_told_where_nothing_is_waited_for() -> None:
    assert digests([], MORNING) == []
    assert digests([running()], MORNING) == []


def test_everything_that_is_waited_for_waits_for_somebody() -> None:
    assert set(WAITS_FOR) == set(ClockKind)


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize(
    ("due", "section"), [(TODAY, Section.DUE_TODAY), (TOMORROW, Section.WAITING), (None, Section.WAITING)]
)
def test_a_contact_who_has_not_answered_is_told_and_nobody_above_while_there_is_time(due, section) -> None:
    assert read(running(clock(due=due))) == {CONTACT: [("transfer-1", section, ClockKind.CONVERSATION)]}


@pytest.mark.clause("SD-34")
@pytest.mark.clause("SD-35")
@pytest.mark.parametrize("kind", [ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT])
def test_an_answer_that_is_overdue_is_told_to_contact_manager_leader_and_operations(kind: ClockKind) -> None:
    told = [("transfer-1", Section.OVERDUE, kind)]
    assert read(running(clock(kind, FRIDAY))) == dict.fromkeys((CONTACT, LEADER, OPERATIONS, MANAGER), told)


@pytest.mark.parametrize("kind", sorted(OTHER_CLOCKS))
def test_what_a_social_worker_has_to_do_is_told_to_the_social_worker_who_is_named(kind: ClockKind) -> None:
    assert read(running(clock(kind)))[WORKER] == [("transfer-1", Section.DUE_TODAY, kind)]


def test_a_breach_counts_from_its_very_moment() -> None:
    at_the_moment = read(running(clock(due=MORNING)))
    a_minute_before = read(running(clock(due=MORNING + timedelta(minutes=1))))
    assert at_the_moment[CONTACT][0][1] is Section.OVERDUE
    assert a_minute_before[CONTACT][0][1] is Section.DUE_TODAY


@pytest.mark.parametrize(
    ("role", "reader"),
    [
        (Role.EARLY_HELP_CONTACT, CONTACT),
        (Role.EARLY_HELP_SERVICE, CONTACT),
        (Role.SOCIAL_WORKER, WORKER),
        (Role.TEAM_MANAGER, MANAGER),
        (Role.OPERATIONS, OPERATIONS),
    ],
)
def test_whom_a_transfer_waits_for_is_told_even_where_no_clock_counts_it(role: Role, reader: str) -> None:
    assert read(running(waiting_for=(role,))) == {reader: [("transfer-1", Section.WAITING, None)]}


def test_what_needs_attention_is_told_to_operations() -> None:
    assert read(running(waiting_for=("operations",))) == {OPERATIONS: [("transfer-1", Section.WAITING, None)]}
    counted = read(running(clock(ClockKind.ATTENTION), waiting_for=("operations",)))
    assert counted == {OPERATIONS: [("transfer-1", Section.DUE_TODAY, ClockKind.ATTENTION)]}


@pytest.mark.clause("SD-11")
def test_a_newer_version_is_told_to_the_social_worker_and_not_to_operations() -> None:
    told = read(running(clock(ClockKind.NEWER_VERSION), waiting_for=("social_worker",)))
    assert told == {WORKER: [("transfer-1", Section.DUE_TODAY, ClockKind.NEWER_VERSION)]}


def test_children_of_whom_the_same_is_due_at_once_are_one_line_since_the_first_of_them() -> None:
    first = clock(ClockKind.ACKNOWLEDGEMENT)
    second = clock(ClockKind.ACKNOWLEDGEMENT, since=first.since + timedelta(hours=1))
    [line] = digest_of(CONTACT, running(second, first)).lines
    assert line.since == first.since


def test_each_reader_gets_all_transfers_in_one_digest_the_most_urgent_first() -> None:
    transfers = (
        running(clock(due=TOMORROW), id="later"),
        running(waiting_for=("early_help_contact",), id="no-date"),
        running(clock(due=TODAY), id="today"),
        running(clock(due=FRIDAY), id="over"),
        running(clock(due=TODAY), id="elsewhere", service_ref="service-south"),
    )
    assert [line[0] for line in read(*transfers)[CONTACT]] == ["over", "today", "later", "no-date"]
    assert [line[0] for line in read(*transfers)["early_help_contact/service-south"]] == ["elsewhere"]


def test_a_restricted_family_is_told_to_its_named_people_and_to_the_contact_alone() -> None:
    clocks = [clock(kind, FRIDAY) for kind in ClockKind]
    secret = running(*clocks, restricted=True, waiting_for=tuple(Role))
    assert set(read(secret)) == {CONTACT, WORKER, MANAGER}


def test_what_needs_attention_of_a_restricted_family_is_told_to_its_team_manager() -> None:
    assert read(running(waiting_for=("operations",), restricted=True)) == {
        MANAGER: [("transfer-1", Section.WAITING, None)]
    }


OF_EARLY_HELP = {
    "journey": "help-request",
    "social_work_team": None,
    "social_worker": None,
    "team_manager": None,
}


def asked(*clocks: RunningClock, **changes: Any) -> RunningTransfer:
    """A request for Early Help, for which no team of social work is responsible."""
    return running(*clocks).model_copy(update={**OF_EARLY_HELP, **changes})


@pytest.mark.clause("ER-06")
@pytest.mark.parametrize("kind", [ClockKind.HELP_REQUEST, ClockKind.SIGNIFICANT_HARM])
def test_where_no_team_of_social_work_is_responsible_contact_and_manager_of_the_service_are_told(
    kind: ClockKind,
) -> None:
    told = [("transfer-1", Section.DUE_TODAY, kind)]
    assert read(asked(clock(kind=kind, due=TODAY))) == {CONTACT: told, SERVICE_MANAGER: told}


@pytest.mark.clause("ER-06")
def test_what_is_overdue_of_a_request_is_told_up_to_the_top_and_of_a_restricted_family_to_the_service_alone() -> None:
    late = clock(kind=ClockKind.HELP_REQUEST, due=FRIDAY)
    assert set(read(asked(late))) == {CONTACT, SERVICE_MANAGER, LEADER, OPERATIONS}
    assert set(read(asked(late, restricted=True))) == {CONTACT, SERVICE_MANAGER}


def test_what_needs_attention_of_a_restricted_request_is_told_to_the_manager_of_its_service() -> None:
    stuck = asked(waiting_for=("operations",), restricted=True)
    assert read(stuck) == {SERVICE_MANAGER: [("transfer-1", Section.WAITING, None)]}


def test_the_manager_of_a_service_is_told_of_no_step_down() -> None:
    assert SERVICE_MANAGER not in read(running(clock(due=FRIDAY)))


def test_a_digest_calls_a_request_a_request_and_a_step_down_a_transfer() -> None:
    late = clock(kind=ClockKind.HELP_REQUEST, due=FRIDAY)
    _, text = digest_letter(digest_of(CONTACT, asked(late, id="r-1"), running(clock(due=FRIDAY), id="t-1")), MORNING)
    assert "- Request for Early Help r-1 (" in text
    assert "- Transfer t-1 (" in text


def test_a_reader_to_whom_nothing_is_left_to_say_has_a_digest_without_a_line() -> None:
    contact = digest_of(CONTACT, running(clock())).recipient
    assert digest_for(contact, [running(clock(), service_ref="service-south")], MORNING).lines == ()


def test_a_transfer_that_names_nobody_is_told_to_the_others() -> None:
    late = running(clock(ClockKind.CONSENT, FRIDAY), social_worker=None, team_manager=None)
    assert set(read(late)) == {LEADER, OPERATIONS}


@pytest.mark.parametrize(
    ("changes", "people"),
    [
        ({}, ("sw-7", "team-sw")),
        ({"restricted": True}, ("sw-7",)),
        ({"social_work_team": "team-other"}, ("sw-7",)),
    ],
    ids=["one team", "a restricted family", "two teams"],
)
def test_the_team_stands_in_for_a_social_worker_only_where_all_of_it_is_the_teams(changes, people) -> None:
    waiting = running(clock(ClockKind.CONSENT))
    assert digest_of(WORKER, waiting, waiting.model_copy(update={"id": "transfer-2", **changes})).people == people


def test_a_manager_has_no_stand_in() -> None:
    assert digest_of(MANAGER, running(clock(due=FRIDAY))).people == ("tm-1",)


def test_what_is_too_much_to_read_is_counted() -> None:
    many = [running(clock(due=FRIDAY), id=f"transfer-{number}") for number in range(MOST_LINES + 3)]
    digest = digest_of(OPERATIONS, *many)
    assert (len(digest.lines), digest.omitted) == (MOST_LINES, 3)
    subject, text = digest_letter(digest, MORNING)
    assert subject.endswith("100 overdue, 3 more")
    assert "There are 3 more, which are less urgent." in text


def test_the_letter_says_what_is_waited_for_since_and_until_when_and_who_must_act() -> None:
    transfers = (
        running(clock(due=FRIDAY), id="T-1"),
        running(clock(due=TODAY), id="T-2"),
        running(waiting_for=("early_help_service",), id="T-3", stage_words=Stage.CONFIRMATION.words),
    )
    subject, text = digest_letter(digest_of(CONTACT, *transfers), MORNING)
    assert subject == "Transfers to Early Help, Monday 23 November: 1 overdue, 1 due today, 1 waiting for you"
    assert text.startswith(
        "Overdue\n\n"
        "- Transfer T-1 (Early Help North; team-sw)\n"
        "  The Early Help contact has not answered the request for a conversation.\n"
        "  Waiting since Tuesday 17 November 2026 17:00. It was due on Friday 20 November 2026 17:00.\n"
        "  Who must act: The Early Help contact: offer a date for the conversation, or say that it is not for this "
        "service.\n\n"
        "Due today\n\n- Transfer T-2 "
    )
    assert "It is due on Monday 23 November 2026 17:00." in text
    assert "Waiting for you\n\n- Transfer T-3 (Early Help North; team-sw)\n  It is waiting for you;" in text
    assert "Where to look: each transfer or request, by its number." in text
    assert "You get this as the Early Help contact of service-north," in text
    assert text.endswith("It tells you how things stood on Monday 23 November 2026 08:30.\n")


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("kind", ClockKind)
def test_every_letter_is_plain_english_and_shows_no_address(audience: Audience, kind: ClockKind) -> None:
    found = digests([running(clock(kind, FRIDAY), waiting_for=tuple(Role)), running(clock(kind, None))], MORNING)
    for digest in found:
        if digest.recipient.audience is audience:
            subject, text = digest_letter(digest, MORNING)
            assert not re.search(r"SD-\d\d|workflow|schedule|None|_|\{|\}|@|SECTION", subject + text)
            assert max(len(sentence.split()) for sentence in re.split(r"[.:]\s", text)) <= 35
