"""The policy file of a council: what it says holds, what it does not say keeps its default, what is wrong is named."""

import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from adapters.policy_file import PolicyFileError, PolicySettings, read_deployment
from models.kinds import Audience, ClockKind
from models.policy import DEFAULT_CLOCKS, RESPONSE, Deployment, LetterHours

REHEARSAL = Path(__file__).parents[2] / "examples" / "settings" / "policy.yaml"

BREACH = "{kind: breach, working_days: 0, at: closing, audiences: [operations]}"
REMINDER = "{kind: reminder, working_days: -1, at: closing, audiences: [operations]}"


def read(folder: Path, text: str) -> Deployment:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return read_deployment(PolicySettings(policy_file=path))


def test_without_a_file_the_defaults_hold():
    assert read_deployment(PolicySettings(policy_file=None)) == Deployment()


@pytest.mark.parametrize("text", ["", "# nothing is said\n", "{}", "policy: {}\ncalendar: {}"])
def test_a_file_that_says_nothing_leaves_the_defaults(tmp_path: Path, text: str):
    assert read(tmp_path, text) == Deployment()


def test_what_a_file_does_not_say_keeps_its_default(tmp_path: Path):
    said = "policy: {version: council-1, clocks: {acknowledgement: {working_days: 5}}}\ncalendar: {closes: '16:30'}"
    found = read(tmp_path, said)
    assert found.policy.version == "council-1"
    assert found.policy.clocks[ClockKind.ACKNOWLEDGEMENT] == RESPONSE.model_copy(update={"working_days": 5})
    others = {kind: clock for kind, clock in found.policy.clocks.items() if kind is not ClockKind.ACKNOWLEDGEMENT}
    assert others == {kind: clock for kind, clock in DEFAULT_CLOCKS.items() if kind is not ClockKind.ACKNOWLEDGEMENT}
    assert (found.calendar.opens, found.calendar.closes) == (time(9), time(16, 30))
    assert found.policy.attention_after == Deployment().policy.attention_after


def test_a_list_is_said_whole(tmp_path: Path):
    found = read(tmp_path, f"policy: {{clocks: {{conversation: {{ladder: [{BREACH}]}}}}}}")
    assert [rung.audiences for rung in found.policy.clocks[ClockKind.CONVERSATION].ladder] == [(Audience.OPERATIONS,)]


@pytest.mark.parametrize("written", ["09:00", '"09:00"'])
def test_a_time_of_day_is_read_as_it_is_written(tmp_path: Path, written: str):
    assert read(tmp_path, f"calendar: {{opens: {written}}}").calendar.opens == time(9)


WRONG = {
    "a time of day that YAML reads as a number": (
        "calendar: {closes: 17:00}",
        "calendar.closes: is a number; write the time of day in quotes",
    ),
    "a cut-off that YAML reads as a number": (
        "policy: {clocks: {consent: {cut_off: 15:00}}}",
        "policy.clocks.consent.cut_off: is a number",
    ),
    "a day that opens after it closes": ("calendar: {opens: '18:00'}", "calendar.opens: comes before closes"),
    "a time of day with an offset": ("calendar: {opens: '09:00Z'}", "calendar.opens: has an offset"),
    "a cut-off with an offset": (
        "policy: {clocks: {consent: {cut_off: '15:00+02:00'}}}",
        "policy.clocks.consent.cut_off: has an offset",
    ),
    "a number to ring, which the settings say": (
        "policy: {phones: {duty_and_advice: '01234 567890'}}",
        "policy.phones: whom to ring is said by the settings TRANSFERS_DUTY_AND_ADVICE_PHONE",
    ),
    "an unknown field": ("policy: {colour: red}", "policy.colour: there is no such field"),
    "an unknown part": ("clocks: {}", "clocks: there is no such field"),
    "an unknown clock": ("policy: {clocks: {tea: {working_days: 1}}}", "policy.clocks.tea"),
    "an unknown audience": ("policy: {channels: {everybody: [room]}}", "policy.channels.everybody"),
    "a channel that is an address": (
        "policy: {channels: {operations: ['json://host']}}",
        "policy.channels.operations no. 1: is not written as it must be",
    ),
    "a negative time": ("policy: {clocks: {consent: {working_days: -1}}}", "consent.working_days: is too small"),
    "no time after which somebody is told": ("policy: {attention_after: 0}", "policy.attention_after: is too small"),
    "a negative time after which somebody is told": (
        "policy: {attention_after: -60}",
        "policy.attention_after: is too small",
    ),
    "a time after which nobody needs to be told": (
        "policy: {attention_after: P8D}",
        "policy.attention_after: is too large",
    ),
    "a breach before it is due": (
        f"policy: {{clocks: {{conversation: {{ladder: [{BREACH.replace('closing', 'opening')}]}}}}}}",
        "policy.clocks.conversation.ladder no. 1, working_days: what is due at close of business has its breach then",
    ),
    "an answer that nobody misses": (
        f"policy: {{clocks: {{conversation: {{ladder: [{BREACH.replace('breach', 'escalation')}]}}}}}}",
        "policy.clocks.conversation.ladder: it has a breach",
    ),
    "a wait of our own people without an end": (
        f"policy: {{clocks: {{consent: {{ladder: [{BREACH}]}}}}}}",
        "policy.clocks.consent.ladder: its last rung is the end",
    ),
    "rungs out of order": (
        f"policy: {{clocks: {{conversation: {{ladder: [{BREACH}, {REMINDER}]}}}}}}",
        "policy.clocks.conversation.ladder: its rungs come one after the other in time",
    ),
    "a day that does not exist": ("calendar: {known_until: 2027-02-30}", "a value that cannot be"),
    "a year whose bank holidays nobody knows": (
        "calendar: {known_until: 2100-01-01}",
        "calendar.known_until: is too large",
    ),
    "a year so far ahead that its bank holidays are not published": (
        "calendar: {known_until: 2040-01-01}",
        "calendar.known_until: bank holidays are not published that far ahead",
    ),
    "a section that is said twice": (
        "policy: {version: a}\npolicy: {version: b}",
        "yaml: the field policy is said twice",
    ),
    "a day worked that is no bank holiday": (
        "calendar: {worked: [2026-05-05]}",
        "calendar.worked: 2026-05-05 is no bank holiday of England",
    ),
    "a day both worked and off": (
        "calendar: {worked: [2026-05-04], announced: [{day: 2026-05-04, name: May Day}]}",
        "calendar.worked: 2026-05-04 is among those announced, too",
    ),
    "a list": ("- policy", "holds policy and calendar, each with its fields"),
    "no YAML": ("policy: [", "is not YAML"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_policy_is_refused_with_its_field_and_rule(tmp_path: Path, text: str, words: str):
    with pytest.raises(PolicyFileError) as error:
        read(tmp_path, text)
    assert words in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "policy.yaml"))
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(PolicyFileError, match=r"nowhere.yaml: cannot be read: No such file"):
        read_deployment(PolicySettings(policy_file=tmp_path / "nowhere.yaml"))


@pytest.mark.clause("SD-33b")
@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("{}", LetterHours()),
        ('{letter_hours: {closes: "16:00"}}', LetterHours(closes=time(16))),
        ("{letter_hours: null}", None),
    ],
)
def test_a_council_says_in_which_hours_letters_leave_or_that_they_leave_at_any(
    tmp_path: Path, said: str, hours: LetterHours | None
):
    assert read(tmp_path, f"policy: {said}").policy.letter_hours == hours


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('{opens: "19:00"}', "comes before closes"),
        ('{opens: "08:00+01:00"}', "policy.letter_hours.opens: has an offset; times of day are London's"),
    ],
)
def test_hours_of_letters_that_cannot_be_are_named(tmp_path: Path, said: str, why: str):
    with pytest.raises(PolicyFileError, match=re.escape(why)):
        read(tmp_path, f"policy: {{letter_hours: {said}}}")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path):
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"policy: {version: \xff\xfe}")
    with pytest.raises(PolicyFileError, match="is not YAML in UTF-8"):
        read_deployment(PolicySettings(policy_file=path))


def test_the_rehearsals_policy_is_the_default_with_its_channels_and_a_closure_day():
    found, default = read_deployment(PolicySettings(policy_file=REHEARSAL)), Deployment()
    channels = {Audience.OPERATIONS: ("operations-room",), Audience.TEAM_MANAGER: ("operations-room",)}
    its_own = {"version": "rehearsal-1", "channels": channels, "attention_after": timedelta(seconds=30)}
    assert found.policy == default.policy.model_copy(update=its_own)
    assert [off.day for off in found.calendar.closure_days] == [date(2027, 12, 24)]
    assert found.calendar.model_copy(update={"closure_days": ()}) == default.calendar
