"""The command that shows the mailbox of the rehearsal, and what was said in the rooms of the alert channels."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import httpx
import typer
from rich.table import Table
from rich.text import Text

from adapters.smtp import message_id
from cli.rehearsal.local import Rehearsal
from cli.terminal import AsJson, out, print_json
from cli.wiring import find_transfers, lists
from client.errors import InputError
from models.step_down.letter_reference import from_subject, transfer_of
from models.vocabulary import LONDON, local_time

SHORTEST_NAME = 6
LINES, MOST_LINES = 50, 1000
"""How many messages a page has, if nothing else is said, and at most."""
Message = Mapping[str, Any]
"""A message as the mailbox lists it."""


def mail(  # noqa: PLR0913 (each is an option)
    message: Annotated[
        str | None,
        typer.Argument(help="A message to read, by its number or by what `transfers show` calls it; without it: all."),
    ] = None,
    *,
    transfer: Annotated[str | None, typer.Option(help="Only the messages of this transfer.")] = None,
    page: Annotated[int, typer.Option(min=1, help="Which page: 1 has the newest.")] = 1,
    number: Annotated[int, typer.Option(min=1, max=MOST_LINES, help="How many messages a page has.")] = LINES,
    room: Annotated[str | None, typer.Option(help="Show what was said in this room instead: operations.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the mailbox of the rehearsal, a page of it, the newest message first; and the rooms of the alerts."""
    local = find_transfers()
    if local is None:
        raise InputError("mail: only the rehearsal has a mailbox")
    if (message or transfer) and room:
        raise InputError("mail: shows messages or a room, not both")
    if room is not None:
        said = _asked(local, f"/rooms/{room}")
        _show(said, room_lines(said), as_json=as_json)
        return
    threads = {message_id(transfer): transfer for transfer in lists().ids()}
    listed = [{**one, "transfer": _transfer(one, threads)} for one in reversed(_asked(local, "/messages"))]
    if message is not None:
        one = meant(message, listed)
        letter = {**_asked(local, f"/messages/{one['id']}"), "transfer": one["transfer"]}
        _show(letter, letter_text(letter), as_json=as_json)
        return
    found = [one for one in listed if transfer in {None, one["transfer"]}]
    shown = page_of(found, page, number)
    _show(shown, mail_table(shown), as_json=as_json)
    if page * number < len(found):
        typer.echo(f"{len(shown)} of {len(found)} messages. The next ones: --page {page + 1}.", err=True)


def page_of(messages: Sequence[Message], page: int, number: int) -> Sequence[Message]:
    """The page of this number, from 1, of so many messages.

    Raises:
        InputError: there is no such page.
    """
    last = max(1, math.ceil(len(messages) / number))
    if page > last:
        raise InputError(f"--page: the last page is {last}")
    return messages[(page - 1) * number : page * number]


def _show(content: object, shown: Table | Text, *, as_json: bool) -> None:
    if as_json:
        print_json(content)
    else:
        out.print(shown)


def _asked(local: Rehearsal, path: str) -> Any:
    answer = httpx.get(f"{local.mailbox_url}{path}")
    if answer.status_code in {404, 422}:
        raise InputError(f"{path.lstrip('/')}: is not known")
    return answer.raise_for_status().json()


def _transfer(message: Message, threads: Mapping[str, str]) -> str | None:
    """The transfer to which a message belongs: by its thread; of a letter, by the reference in its subject."""
    said = from_subject(message["subject"])[1]
    return (
        threads.get(str(message["headers"].get("References"))) if said is None else transfer_of(said, threads.values())
    )


def number(message: Message) -> int:
    """The number of a message: the first has 1."""
    return int(message["id"].partition("-")[0])


def name(message: Message) -> str:
    """What `transfers show` calls the message, which says nothing about a person."""
    return (message["message_id"] or "").strip("<>").partition("@")[0]


def meant(said: str, listed: Sequence[Message]) -> Message:
    """The message that is called so: by its number, by the name that `transfers show` has, or by the mailbox's own id.

    Raises:
        InputError: there is none.
    """
    for one in listed:
        if said in {str(number(one)), one["id"]} or (len(said) >= SHORTEST_NAME and name(one).startswith(said)):
            return one
    raise InputError(f"messages/{said}: is not known (`transfers mail` lists the messages)")


def mail_table(messages: Sequence[Message]) -> Table | Text:
    """The messages, a row each, which fits 80 columns."""
    if not messages:
        return Text("No message was sent yet.")
    table = Table("no.", "when", "transfer", "what, and to whom")
    for column in table.columns[:3]:
        column.no_wrap = True
    table.columns[2].overflow = table.columns[3].overflow = "fold"
    table.columns[2].no_wrap = False
    for one in messages:
        what = Text(f"{one['subject']}\n→ {', '.join(one['to'])}")
        table.add_row(str(number(one)), _short(one), Text(one["transfer"] or "-"), what)
    return table


def letter_text(letter: Message) -> Text:
    """A message with its attachments: their text where the mailbox can read it, else their names."""
    of = [f"Transfer: {letter['transfer']}"] if letter.get("transfer") else []
    lines = [f"Message: no. {number(letter)}, {name(letter)}", *of]
    lines += [f"To: {', '.join(letter['to'])}", f"Subject: {letter['subject']}", "", letter["text"]]
    texts = {attached["name"]: attached["text"] for attached in letter.get("attachment_texts", [])}
    for attached in letter["attachments"]:
        lines += [f"Attachment: {attached}", *(["", texts[attached]] if attached in texts else [])]
    return Text("\n".join(lines))


def room_lines(said: Sequence[Message]) -> Text:
    """What was said in a room, the oldest first."""
    if not said:
        return Text("Nothing was said in this room yet.")
    parts = (Text.assemble((one["title"], "bold"), f"\n{local_time(_at(one))}\n{one['message']}") for one in said)
    return Text("\n\n").join(parts)


def _at(received: Message) -> datetime:
    return datetime.fromisoformat(received["received_at"])


def _short(received: Message) -> str:
    at = _at(received).astimezone(LONDON)
    return f"{at.day} {at:%b %H:%M}"
