"""`transfers mail`: the newest first, with the transfer that each message is about, and numbers that fit."""

import json
from typing import Any

import pytest
from rich.console import Console

from cli.mail import letter_text, mail_table, meant, page_of
from cli.wiring import temporal
from client.errors import InputError
from tests.system.conftest import MAIN_CASE, Rehearsal, until
from tests.system.family import Family

MESSAGE = {
    "id": "000012-20260402T100000000000Z",
    "received_at": "2026-04-02T10:00:00Z",
    "to": ["lead-of-the-service@east-hub-of-early-help.example"],
    "subject": "Request for a conversation about a transfer",
    "message_id": "<0123456789abcdef@early-help-transfers>",
    "transfer": "t-1234567890",
}


def test_a_row_fits_80_columns_and_holds_number_time_transfer_subject_and_address() -> None:
    console = Console(width=80)
    with console.capture() as shown:
        console.print(mail_table([MESSAGE]))
    lines = shown.get().splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in shown.get()
    assert [cell.strip() for cell in lines[3].split("│")[1:4]] == ["12", "2 Apr 11:00", "t-1234567890"]
    whole = "".join(line.split("│")[4].strip(" ") for line in lines[3:-1]).replace("a transfer→", "a transfer →")
    assert "Request for a conversation" in whole
    assert "lead-of-the-service@east-hub" in whole


def test_messages_are_shown_page_by_page() -> None:
    five = [{**MESSAGE, "id": f"{number}-x"} for number in range(5)]
    assert [page_of(five, page, 2) for page in (1, 3)] == [five[:2], five[4:]]
    assert page_of([], 1, 2) == []
    with pytest.raises(InputError, match="the last page is 3"):
        page_of(five, 4, 2)


@pytest.mark.parametrize("said", ["12", MESSAGE["id"], "0123456789abcdef", "012345"])
def test_a_message_is_found_by_its_number_and_by_what_show_calls_it(said: Any) -> None:
    assert meant(said, [{**MESSAGE, "id": "000002-x", "message_id": None}, MESSAGE]) is MESSAGE


@pytest.mark.parametrize("said", ["1", "0", "0123", "abcdef", ""])
def test_what_is_no_message_is_not_guessed(said: str) -> None:
    with pytest.raises(InputError, match="is not known"):
        meant(said, [MESSAGE])


def test_a_message_is_shown_with_its_attachments_and_their_text_where_it_can_be_read() -> None:
    letter = {**MESSAGE, "text": "Hello.", "attachments": ["plan.txt", "photo.png"]}
    shown = letter_text({**letter, "attachment_texts": [{"name": "plan.txt", "text": "First, mornings."}]}).plain
    assert shown.startswith("Message: no. 12, 0123456789abcdef\nTransfer: t-1234567890\nTo: lead-of")
    assert "Attachment: plan.txt\n\nFirst, mornings." in shown
    assert shown.endswith("Attachment: photo.png")
    assert "Attachment: plan.txt" in letter_text(letter).plain


async def test_the_newest_message_comes_first_and_says_of_which_transfer_it_is(rehearsal: Rehearsal) -> None:
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    await family.record_up_to("record_family_sharing")
    transfer = family.case.start.id

    def listed(*options: str) -> Any:
        return json.loads(rehearsal.command("mail", "--json", *options).stdout)

    [mine] = until(lambda: listed("--transfer", transfer))
    times = [one["received_at"] for one in listed()]
    assert times == sorted(times, reverse=True)
    shown = rehearsal.command("mail", mine["id"].partition("-")[0].lstrip("0"))
    assert f"Transfer: {transfer}" in shown.stdout
    wrong = rehearsal.command("mail", "999999")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "messages/999999: is not known (`transfers mail` lists the messages)\n",
    )
