"""Letters that a person posts or hands over: the file, and who can read it (SD-33b)."""

import stat
from pathlib import Path

import pytest

import cli.letters as printing
from models.step_down.reading import LettersToRead, LetterToRead
from tests.builders import by_post, letter

pytestmark = pytest.mark.clause("SD-33b")

NAMES = {"[child-a]": "Ada <Example>"}


def to_print(by: str = "post") -> LetterToRead:
    return LetterToRead(
        letter=by_post() if by == "post" else letter(by="by_hand"),
        to="1 Example Street, Leeds",
        reader="Ms Example",
        reference="7F3A-91C2-0B4D",
        text="Dear Ms Example,\n\n[child-a]: social work has ended.\n",
    )


def test_a_letter_is_printed_with_its_address_and_the_names_of_its_children() -> None:
    printed = printing.page(to_print(), NAMES)
    assert "Ms Example\n1 Example Street, Leeds" in printed
    assert "Ada &lt;Example&gt;: social work has ended." in printed
    assert "[child-a]" not in printed


def test_where_a_letter_is_handed_over_does_not_stand_on_it() -> None:
    assert "Example Street" not in printing.page(to_print("by_hand"), NAMES)


def test_a_printed_letter_is_for_its_owner_alone_and_its_name_says_nothing_about_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, elsewhere = tmp_path / "letters", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_text("kept")
    (folder / "letter-7F3A-91C2-0B4D.html").symlink_to(elsewhere)
    printing.print_letters(LettersToRead(letters=(to_print(),)), folder, NAMES)
    [file] = folder.iterdir()
    assert file.name == "letter-7F3A-91C2-0B4D.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert elsewhere.read_text() == "kept"
    assert "letter_id: letter-1, seen: " in capsys.readouterr().out
