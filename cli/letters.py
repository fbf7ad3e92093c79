"""The command that shows letters before they are approved, and writes those that a person posts or hands over."""

import asyncio
import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Annotated

import typer

from cli.commands import Typed, step_of
from cli.screens import letters_screen
from cli.step_file import now
from cli.terminal import AsJson, TransferId, out, print_json
from cli.wiring import find_transfers, mosaic, temporal
from client.errors import InputError
from client.letters import letters as read_letters
from client.letters import letters_to_print
from client.transfers import find_journey
from models.step_down.family import Channel
from models.step_down.letter_words import in_place_of_name
from models.step_down.reading import BY_A_PERSON, LettersToRead, LetterToRead
from models.step_down.steps.confirmation import ApproveLetters

NOTHING_TO_PRINT = (
    "No letter waits to be posted or handed over: it goes by e-mail, was delivered, or may not be sent yet. "
    "`transfers show ID` says what is missing."
)
PRINTED = (
    "Print each of these files, then delete it. Record what has been posted or handed over with `transfers step`, as:"
)
TO_RECORD = "  - {{letter_id: {letter}, seen: {seen}, by_whom: WHO POSTED IT OR HANDED IT OVER}}"
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Letter {reference}</title>
<style>@page {{ size: A4; margin: 25mm }} body {{ font: 12pt/1.4 Arial, sans-serif }}
p {{ white-space: pre-line }}</style>
</head>
<body>
<p>Private and confidential</p>
<p>{address}</p>
{paragraphs}
</body>
</html>
"""


def letters(
    transfer_id: TransferId,
    file: Annotated[Path | None, typer.Argument(help="An approval, or a case file together with --number.")] = None,
    *,
    number: Annotated[int | None, typer.Option(help="Which step of the case file: 1 for the first.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--print", help="Write the letters that are to be posted or handed over now into this folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show letters: what was approved or sent, and what is to be approved; print those that a person delivers.

    With the file of an approval, the letters that it would approve.
    """
    if folder is not None and file is not None:
        raise InputError("--print: prints only what has been approved: leave the file out")
    if folder is not None and folder.exists() and not folder.is_dir():
        raise InputError(f"--print {folder}: is a file; name a folder, in which each letter becomes a file of its own")
    asked = step_of(Typed(transfer_id, file, number, None, None, now())) if file is not None else None
    if asked is not None and not isinstance(asked, ApproveLetters):
        raise InputError(f"{file}: is not an approval of letters")
    find_transfers()

    async def read() -> LettersToRead:
        handle = await find_journey(await temporal(), transfer_id)
        return await (letters_to_print(handle) if folder else read_letters(handle, *(asked.letters if asked else ())))

    found = asyncio.run(read())
    if folder is not None:
        print_letters(found, folder, _names(found) if found.letters else {}, as_json=as_json)
    elif as_json:
        print_json(found.model_dump(mode="json"))
    else:
        out.print(letters_screen(found))


def print_letters(found: LettersToRead, folder: Path, names: dict[str, str], *, as_json: bool = False) -> None:
    """Write each letter into a file of its own that nobody else on this machine reads, and say how to record it."""
    written = {folder / f"letter-{one.reference}.html": one for one in found.letters}
    if written:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, one in written.items():
        _write_privately(path, page(one, names))
    if as_json:
        named = ((one.letter.letter_id, one.letter.seen, path) for path, one in written.items())
        print_json([{"letter_id": name, "seen": seen, "file": path} for name, seen, path in named])
    elif not written:
        typer.echo(NOTHING_TO_PRINT)
    else:
        _say_what_was_written(written)


def _say_what_was_written(written: dict[Path, LetterToRead]) -> None:
    """Each file with what to look at, and the step by which its delivery is recorded."""
    for path, one in written.items():
        typer.echo(f"{path}: {one.letter.letter_id}, {one.letter.by.words if one.letter.by else ''}")
        for note in (said for said in one.notes if said != BY_A_PERSON):
            typer.echo(f"  {note}")
    typer.echo(f"\n{PRINTED}\n\nstep: record_delivery\nactor: {{id: YOUR REFERENCE, role: social_worker}}\nletters:")
    for one in written.values():
        typer.echo(TO_RECORD.format(letter=one.letter.letter_id, seen=one.letter.seen))


def _names(found: LettersToRead) -> dict[str, str]:
    """What stands for each child's name, and the name, which Mosaic knows and nothing else keeps."""
    children = sorted({child for one in found.letters for child in one.letter.about})
    with mosaic() as known:
        return {in_place_of_name(child): known.person_name(child) for child in children}


def page(one: LetterToRead, names: dict[str, str]) -> str:
    """A letter as it is printed; by hand, the place where it is handed over does not stand on it."""
    address = [one.reader, *([one.to] if one.to and one.letter.by is Channel.POST else [])]
    return PAGE.format(
        reference=one.reference,
        address=escape("\n".join(address)),
        paragraphs="\n".join(f"<p>{escape(text)}</p>" for text in _paragraphs(one.text, names)),
    )


def _paragraphs(text: str, names: dict[str, str]) -> Iterator[str]:
    for stands, name in names.items():
        text = text.replace(stands, name)
    yield from text.strip().split("\n\n")


def _write_privately(path: Path, text: str) -> None:
    """For its owner alone, from the first byte on; what another name leads to is never written to."""
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)
