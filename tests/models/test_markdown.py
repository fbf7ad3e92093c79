"""What the Temporal UI shows as Markdown: texts as they are, and no more than its address holds."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.journey.details import details
from models.journey.recorded import Alert
from models.kinds import Audience, ClockKind, RungKind
from models.markdown import MOST, as_much_as_fits, item, plain, titled
from tests.builders import NOW, THEN, facts_closed
from tests.step_down import status

REFUSED_BEYOND = 8000
"""Bytes of an address, beyond which proxies refuse it."""


@pytest.mark.parametrize(
    "text",
    [
        "![a picture](https://elsewhere.example/seen.png)",
        "[a link](https://elsewhere.example)",
        "<details>hidden</details>",
        "**loud** and _slanted_ and ~~gone~~",
        "__both__ and _one",
        "&lt;",
        "one | two",
    ],
)
def test_no_mark_in_a_text_from_elsewhere_is_one(text: str) -> None:
    shown = plain(text)
    assert shown.replace("\\", "") == text
    assert all(shown[at - 1] == "\\" for at, sign in enumerate(shown) if sign in "*_<[~&|")


def test_a_command_in_a_text_stays_one_and_names_stay_as_they_are() -> None:
    assert plain("look with `transfers letters`, child_1") == "look with `transfers letters`, child_1"


def test_a_text_of_several_lines_begins_no_list_and_no_heading() -> None:
    assert plain("one\n# two\r\n- three") == "one # two - three"


def test_what_belongs_below_an_item_stands_on_lines_of_its_own() -> None:
    assert item("first", "second") == "- first\\\n  second"


def test_an_empty_list_has_no_title() -> None:
    assert titled("Nothing", ()) == []


@given(st.lists(st.text(max_size=400), max_size=60))
def test_what_is_shown_fits_and_says_where_the_rest_is(lines: list[str]) -> None:
    shown = as_much_as_fits(lines, "The rest is there.")
    assert len(quote(shown, safe="")) <= MOST
    assert shown == "\n".join(lines) or shown.endswith("\nThe rest is there.")


def test_the_details_of_a_long_transfer_fit_into_an_address_and_keep_what_waits_and_what_happened_last() -> None:
    before = facts_closed()
    told = tuple(
        Alert(
            number=number,
            clocks=("conversation/1",),
            kind=ClockKind.CONVERSATION,
            service_ref="service-north",
            rung=1,
            what=RungKind.ESCALATION,
            at=NOW,
            raised_at=NOW,
            due=THEN,
            audiences=(Audience.TEAM_MANAGER,),
            top=True,
        )
        for number in range(1, 200)
    )
    shown = details(status(before.model_copy(update={"alerts": told})))
    assert len(quote(shown, safe="")) < REFUSED_BEYOND
    assert shown.startswith("## Closed")
    assert "Alert 199." in shown
    assert "Alert 1." not in shown
    assert shown.endswith("For the rest: `transfers show transfer-1`.")
