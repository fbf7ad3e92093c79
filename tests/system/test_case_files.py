"""A case file that tells of several cases of one day: how it is read, in which order it is played, what it compares."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.rehearsal.books import alert_of
from cli.rehearsal.case import Case, CaseFile, Turn
from cli.rehearsal.case_file import read_case, read_file
from cli.rehearsal.demo import Playing
from cli.rehearsal.differences import beyond
from cli.rehearsal.expectation import Expectation, ExpectedAlert, ExpectedMail, as_on_duty, same_contact
from cli.rehearsal.sending import ByClient
from cli.step_file import new_transfer_id, now
from cli.wiring import temporal
from client.errors import InputError
from models.clock_words import RUNG_WORDS
from models.help_request.stage import Outcome
from models.help_request.start import Channel, HelpRequest, ReferrerKind
from models.help_request.steps.admission import CompleteRequest, ReturnIncomplete, WithdrawConsent
from models.help_request.steps.response import RecordResponse
from models.journey.start import Linked
from models.journey.steps import RecalculateClocks
from models.kinds import RungKind
from models.step_up.stage import Outcome as ReferralOutcome
from models.step_up.start import Referral
from models.step_up.start import ReferrerKind as WorriedKind
from models.step_up.steps.assessment import Assessed, Reassign, RecordAssessmentOutcome
from models.step_up.steps.every import STEPS as OF_REFERRALS
from tests.system.conftest import EXAMPLES, Rehearsal, Typed

MONDAY = datetime(2026, 4, 13, 10, tzinfo=UTC)
HUB = {"id": "eh-4", "role": "early_help_service", "team": "EH-EAST"}


def case(title: str, child: str, **changes: Any) -> dict[str, Any]:
    """A request that is read, routed a day later, and of which the referrer hears."""
    family = child.partition("-")[0]
    start = {
        "children": [{"ref": child}],
        "lead_child": child,
        "family_ref": family,
        "service_ref": "east-hub",
        "received": {"channel": "central_mailbox", "at": "day 1 09:00"},
        "referrer": {"who": "Ms Field", "kind": "professional", "reached": "At the school"},
        "asks_for": "Help with the mornings.",
        "plan_open": False,
    }
    steps = [
        {"step": "read_for_harm", "actor": HUB, "found": "nothing"},
        {
            "step": "record_response",
            "at": "day 2 10:00",
            "actor": HUB,
            "outcome": "guidance",
            "because": "Talked over by telephone.",
        },
        {"step": "record_referrer_told", "actor": HUB, "said": "Thank you. It is dealt with.", "how": "By telephone"},
    ]
    alerts = [{"to": "lead@east-hub.example", "what": "news"}]
    expect = {"outcome": "guidance", "children": {}, "alerts": alerts}
    return {"title": title, "start": start, "steps": steps, "expect": expect, **changes}


def day() -> dict[str, Any]:
    """Three requests about two families: the second one came earlier, and is typed twice."""
    families = [{"family_ref": name, "children": [{"ref": f"{name}-1", "name": "Ivo Example"}]} for name in ("a", "b")]
    first = case("The school", "a-1", at="day 1 11:00")
    second = case("The nursery", "b-1", at="day 1 09:30", again_at="day 1 12:00")
    second["steps"][0]["again_at"] = "day 3 10:00"
    third = case("The health visitor", "a-1", at="day 1 11:30")
    taken = {"who": "The worker who answers the first one", "at": "day 2 09:30"}
    third["steps"][1] |= {"outcome": "routed", "routed_to": "Who answers the first one.", "taken_by": taken}
    third["expect"]["outcome"] = "routed"
    return {"title": "A day", "journey": "help-request", "mosaic": families, "journeys": [first, second, third]}


def written(folder: Path, change: Callable[[Any], object]) -> Path:
    content = day()
    change(content)
    (path := folder / "day.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def read(folder: Path, change: Callable[[Any], object] = lambda _: None) -> CaseFile:
    return read_file(written(folder, change), "t-1", MONDAY)


def test_everything_is_sent_as_its_time_comes_whatever_its_place_in_the_file(tmp_path: Path):
    sent = [(turn.case.start.id, turn.step, turn.again) for turn in read(tmp_path).turns()]
    nursery, school, visitor = "t-1-2", "t-1-1", "t-1-3"
    assert sent == [
        (nursery, None, False),
        (nursery, 0, False),
        (school, None, False),
        (school, 0, False),
        (visitor, None, False),
        (visitor, 0, False),
        (nursery, None, True),
        (school, 1, False),
        (school, 2, False),
        (nursery, 1, False),
        (nursery, 2, False),
        (visitor, 1, False),
        (visitor, 2, False),
        (nursery, 0, True),
    ]


def test_the_references_of_all_families_are_the_own_ones_of_the_file(tmp_path: Path):
    file = read(tmp_path)
    assert [case.mosaic.family_ref for case in file.journeys] == ["t-1-a", "t-1-b", "t-1-a"]
    assert [case.start.children[0].ref for case in file.journeys] == ["t-1-a-1", "t-1-b-1", "t-1-a-1"]
    assert file.journeys[0].as_written("t-1-a-1 of t-1-a") == "a-1 of a"


def test_each_of_several_may_be_of_a_kind_of_its_own(tmp_path: Path):
    file = read(tmp_path, lambda said: said["journeys"][0].update(journey="help-request"))
    assert {case.journey for case in file.journeys} == {"help-request"}


def test_one_is_started_out_of_an_earlier_one(tmp_path: Path):
    first, second = read(tmp_path, lambda said: said["journeys"][1].update(out_of=1)).journeys[:2]
    assert second.start.out_of == Linked(kind=first.start.kind, id=first.start.id)


def of_first(**changes: Any) -> Callable[[Any], object]:
    return lambda said: said["journeys"][0].update(changes)


def without(name: str) -> Callable[[Any], object]:
    return lambda said: said["journeys"][1].pop(name)


def at_the_first_step(**changes: Any) -> Callable[[Any], object]:
    return lambda said: said["journeys"][0]["steps"][0].update(changes)


WRONG = {
    "no list": (lambda said: said.update(journeys="none"), "This is not a list of what starts, with its steps."),
    "an empty list": (lambda said: said.update(journeys=[]), "This is not a list of what starts, with its steps."),
    "no case": (lambda said: said["journeys"].append("none"), "This is nothing that starts, with its steps."),
    "no start": (without("start"), "This has no start."),
    "no steps": (without("steps"), "This has no steps."),
    "no expectation": (without("expect"), "Expect is missing. In the file: `expect`."),
    "a start beside several": (lambda said: said.update(start={}), "There is no field called start."),
    "a family in a case": (of_first(mosaic={}), "There is no field called mosaic."),
    "out of a later case": (of_first(out_of=1), "This names no case before this one; the first is 1."),
    "out of no case": (of_first(out_of="the first"), "This names no case before this one; the first is 1."),
    "an unknown journey": (of_first(journey="holiday"), "There is no such journey; the journeys are"),
    "an unknown family": (
        lambda said: said["journeys"][0]["start"].update(family_ref="c"),
        "Mosaic does not know family c.",
    ),
    "a child of another family": (
        lambda said: said["journeys"][0]["start"].update(children=[{"ref": "b-1"}], lead_child="b-1"),
        "Mosaic does not know child b-1.",
    ),
    "a child of two families": (
        lambda said: said["mosaic"][1]["children"].append({"ref": "a-1", "name": "Ivo Example"}),
        "a-1: another family of this file has it, too.",
    ),
    "a family that nothing is about": (
        lambda said: said["mosaic"].append({"family_ref": "c", "children": [{"ref": "c-1", "name": "Ivo Example"}]}),
        "Nothing starts about family c.",
    ),
    "a step to what nothing says is opened": (at_the_first_step(to=1), "This names none of what expect says is opened"),
    "a start before the day": (of_first(at="60 days ago"), "This is no working day and time"),
    "a start too early": (of_first(at="2026-04-01T10:00:00Z"), "This is before what comes before it"),
    "the same again before it": (of_first(again_at="day 1 10:59"), "This is before what comes before it"),
    "the same step again before it": (at_the_first_step(again_at="day 1 10:00"), "This is before what comes before it"),
    "a step before its start": (at_the_first_step(at="day 1 10:00"), "This is before what comes before it"),
    "a day without a time": (at_the_first_step(at="day 1"), "This is no working day and time"),
    "no outcome of any journey": (
        lambda said: said["journeys"][0]["expect"].update(outcome="well"),
        "Expect: the outcome is not one of transferred, ",
    ),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_one_of_several_is_said_in_a_line_with_its_place(
    tmp_path: Path, change: Callable[[Any], object], words: str
):
    with pytest.raises(InputError) as error:
        read(tmp_path, change)
    assert re.fullmatch(rf"\S+day\.yaml: line \d+: {re.escape(words)}.*", str(error.value))


def test_an_unknown_journey_is_said_in_the_line_of_its_case(tmp_path: Path):
    path = written(tmp_path, of_first(journey="holiday"))
    with pytest.raises(InputError, match=r"line (\d+): There is no such journey") as error:
        read_file(path, "t-1", MONDAY)
    [line] = re.findall(r"line (\d+):", str(error.value))
    assert path.read_text().splitlines()[int(line) - 1].strip() == "journey: holiday"


def test_a_file_of_several_is_played_by_the_demo_alone(tmp_path: Path):
    with pytest.raises(InputError, match="tells of several transfers; play it with `transfers demo`"):
        read_case(written(tmp_path, lambda _: None), "t-1", MONDAY)


def test_what_nobody_started_is_no_part_of_the_day(tmp_path: Path):
    ids = ["t-1-1", "t-1-2", "t-1-3", "t-1-4", "t-10-1", "t-2"]
    assert list(beyond(read(tmp_path), ids)) == ["nobody started t-1-4, which the register has"]


def test_the_demo_plays_a_day_and_what_is_sent_once_more_changes_nothing(typed: Typed, tmp_path: Path):
    played = typed("demo", str(written(tmp_path, lambda _: None)))
    assert played.returncode == 0, played.stdout + played.stderr
    said = played.stdout.splitlines()
    assert "  2: started once more → A request 2 was started before." in said
    assert "  2: Early Help service sends the same again → its first receipt" in said
    assert "  3: The health visitor: Routed to who answers for the child. As its file says." in said


async def test_the_demo_says_where_something_sent_once_more_was_not_as_if_it_had_been_sent_once(
    rehearsal: Rehearsal, tmp_path: Path
):
    file = read_file(written(tmp_path, lambda _: None), new_transfer_id(), now())
    school = file.journeys[0]
    playing = Playing.of(ByClient(await temporal()), rehearsal.local, file, school, lambda words: None)
    for turn in list(school.turns())[:2]:
        await playing.take(turn)
    await playing.take(Turn(MONDAY, school, 0, again=True))
    assert playing.changed == []
    step, receipt = playing.sent[0]
    playing.sent[0] = (step.model_copy(update={"step_id": "another"}), receipt)
    await playing.take(Turn(MONDAY, school, 0, again=True))
    assert playing.changed == ["another, the same once more: it was not as if it had been sent once"]


def test_the_demo_says_which_of_several_is_not_as_the_file_says(typed: Typed, tmp_path: Path):
    path = written(tmp_path, lambda said: said["journeys"][1]["expect"].update(alerts=[]))
    played = typed("demo", str(path))
    assert played.returncode == 1
    assert "  2: The nursery: Guidance was given. NO, not as its file says." in played.stdout
    assert "  As its file says: NO: alerts should be: none" in played.stdout
    assert "  1: The school: Guidance was given. As its file says." in played.stdout


def played() -> list[Case]:
    return [case for path in sorted(EXAMPLES.glob("*.yaml")) for case in read_file(path, "t-1", MONDAY).journeys]


def test_the_demo_plays_every_way_in_which_a_request_is_answered_returned_or_ended():
    requests = [case for case in played() if isinstance(case.start, HelpRequest)]
    steps = [step for case in requests for step in case.steps]
    answered = {step.outcome for step in steps if isinstance(step, RecordResponse)}
    ended = {case.expect.outcome for case in requests}
    assert answered | ended >= set(Outcome)
    assert ended == set(Outcome) - {Outcome.WAITING}
    assert {ReturnIncomplete, CompleteRequest, WithdrawConsent} <= {type(step) for step in steps}


def test_the_demo_plays_every_way_in_which_a_referral_ends_and_everybody_who_is_worried():
    referrals = [case for case in played() if isinstance(case.start, Referral)]
    assert {case.expect.outcome for case in referrals} == set(ReferralOutcome)
    assert {case.start.referrer.kind for case in referrals if isinstance(case.start, Referral)} == set(WorriedKind)
    steps = [step for case in referrals for step in case.steps]
    left = {RecalculateClocks, Reassign}
    assert {type(step) for step in steps} >= set(OF_REFERRALS) - left
    assert {one.outcome for step in steps if isinstance(step, RecordAssessmentOutcome) for one in step.children} == set(
        Assessed
    )


def test_the_demo_plays_every_channel_and_everybody_who_asks():
    starts = [case.start for case in played() if isinstance(case.start, HelpRequest)]
    assert {start.received.channel for start in starts} == set(Channel)
    assert {start.referrer.kind for start in starts} == set(ReferrerKind)


@pytest.mark.parametrize("of", ["transfer t-1", "request t-1-20", "referral t-1"])
def test_an_alert_of_any_journey_is_known_by_its_subject(of: str):
    subject = f"{RUNG_WORDS[RungKind.BREACH]}: response to a request due Friday ({of}, alert 3)"
    mail = ExpectedMail(to="lead@east-hub.example", subject=subject)
    assert alert_of(mail) == ExpectedAlert(to="lead@east-hub.example", what=RungKind.BREACH)
    assert alert_of(mail.model_copy(update={"subject": "What happens next"})) is None


DUTY = {"duty.and.advice@council.example", "edt@council.example"}


def alert(to: str, what: RungKind, times: int = 1) -> ExpectedAlert:
    return ExpectedAlert(to=to, what=what, times=times)


def test_whoever_is_on_duty_is_meant_only_where_the_case_says_so_of_such_an_alert():
    sent = [alert("edt@council.example", RungKind.ALARM), alert("duty.and.advice@council.example", RungKind.NEWS)]
    expected = [alert("on_duty", RungKind.ALARM), alert("duty.and.advice@council.example", RungKind.NEWS)]
    assert list(as_on_duty(sent, expected, DUTY)) == expected


def test_the_same_alert_again_and_again_is_said_once_with_how_often():
    said = Expectation.model_validate(
        {"outcome": "transferred", "alerts": [{"to": "on_duty", "what": "end", "times": 3}]}
    )
    assert said.alerts == (alert("on_duty", RungKind.END),) * 3


ENTRIES = {"a-1": ("Breakfast club.", "Answered: guidance until Friday.")}


@pytest.mark.parametrize(
    ("expected", "same"),
    [
        ({"a-1": ("Breakfast club.", "Answered: guidance")}, True),
        ({"a-1": ("Breakfast club.",)}, False),
        ({"a-1": ("Breakfast club.", "Answered: support")}, False),
        ({}, False),
        ({"b-1": ("Breakfast club.", "Answered: guidance")}, False),
    ],
)
def test_each_entry_of_the_early_help_contact_is_expected_by_how_it_begins(expected: dict[str, Any], same: bool):
    assert same_contact(ENTRIES, expected) is same


def test_the_day_of_twenty_is_out_of_order_with_some_twice_some_misdirected_and_one_child_from_two_schools():
    [path] = EXAMPLES.glob("79-*.yaml")
    cases = read_file(path, "t-1", MONDAY).journeys
    starts = [case.start for case in cases if isinstance(case.start, HelpRequest)]
    assert len(starts) == len(cases) == 20
    typed = sorted(cases, key=lambda case: case.at or MONDAY)
    came = [case.start.received.at for case in typed if isinstance(case.start, HelpRequest)]
    assert came != sorted(came)
    assert any(case.again_at for case in cases)
    assert sum(moment is not None for case in cases for moment in case.repeats) >= 3
    assert sum(not start.received.channel.is_central for start in starts) >= 3
    schools = [(start.children, start.referrer.organisation) for start in starts if "amin" in start.family_ref]
    assert len(schools) == len({school for _, school in schools}) == 2
    assert len({children for children, _ in schools}) == 1
