"""The page of the policy names every field with its default, and its example can be used."""

import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.policy_file import PolicySettings, read_deployment
from models.calendar import CouncilDays
from models.kinds import REAL_TIME, Audience, ClockKind, RungKind
from models.policy import DEFAULT_CLOCKS, ClockPolicy, Policy, RealTimeRung, Rung

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
OF_SETTINGS = {"phones", "writing"}
"""What a policy file must not say."""


def test_the_example_is_a_policy_file_and_says_what_its_comments_claim(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    found = read_deployment(PolicySettings(policy_file=path))
    assert found.policy.version == "council-2027-1"
    assert found.policy.clocks[ClockKind.CONVERSATION].cut_off == time(15)
    assert [rung.kind for rung in found.policy.clocks[ClockKind.CONSENT].ladder] == [RungKind.REMINDER, RungKind.END]
    assert found.calendar.closes == time(16, 30)


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("## `policy`\n", Policy),
        ("| field of a clock", ClockPolicy),
        ("| field of a rung", Rung),
        ("## `calendar`", CouncilDays),
    ],
)
def test_every_field_of_the_file_stands_on_the_page(section: str, kind: Any) -> None:
    table = PAGE.partition(section)[2].partition("|---|")[2].partition("\n\n")[0]
    named = {name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split(" | ")[0])}
    assert named == set(kind.model_fields) - OF_SETTINGS


def test_every_clock_stands_on_the_page_with_its_working_days() -> None:
    said = {kind: int(days) for kind, days in re.findall(r"^\| `(\w+)` \| .* \| (\d+) \|$", PAGE, re.MULTILINE)}
    assert said == {kind.value: clock.working_days for kind, clock in DEFAULT_CLOCKS.items()}
    assert set(said) == set(ClockKind) - set(REAL_TIME)


def test_every_word_that_a_rung_takes_stands_on_the_page() -> None:
    words = {*(set(RungKind) - {RungKind.LIFTED}), *Audience, *RealTimeRung.model_fields, "opening", "closing"}
    assert {word for word in words if f"`{word}`" not in PAGE} == set()


def test_the_defaults_on_the_page_are_those_of_the_code() -> None:
    table = PAGE.partition("## `policy`\n")[2].partition("\n\nLengths")[0]
    said = dict(re.findall(r"^\| `(\w+)` \|.*\| `([^`]*)` \|$", table, re.MULTILINE))
    found = Policy.model_validate({name: yaml.safe_load(value) for name, value in said.items()})
    assert set(said) == {
        "version",
        "harm_alerts_again",
        "letter_hours",
        "close_when",
        "acts_need_sign_in",
        "attention_after",
        "backdated_by",
        "shown_after",
    }
    assert found == Policy()
    days = PAGE.partition("## `calendar`")[2]
    opens, closes, weekdays, until = re.findall(r'`("\d\d:\d\d"|\[[\d, ]+\]|\d{4}-\d\d-\d\d)` ?[|,]', days)
    council = {"opens": opens, "closes": closes, "weekdays": weekdays, "known_until": until}
    assert CouncilDays.model_validate({name: yaml.safe_load(text) for name, text in council.items()}) == CouncilDays()
