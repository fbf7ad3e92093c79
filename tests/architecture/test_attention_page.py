"""docs/attention.md is written by hand: it tells of every problem, in the words of the code, and of nothing else."""

import re
from collections.abc import Iterator

import pytest

from cli.main import app
from cli.pages.attention import BY_AGREEMENT, TAKES_NO_ANSWER, effects_of
from cli.project import DOCS
from cli.screens import ways
from models.attention import DECIDED_ANEW, PROBLEMS, Resolution
from models.journey.steps import step_name
from models.operations.differences import OF_MOSAIC, DifferenceKind
from models.people import Person
from models.services import ContactKind, EarlyHelpService
from models.step_down.steps.every import STEPS
from models.ways import WAYS

PAGE = (DOCS / "attention.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
AGAIN = ", and `transfers reconcile` does not ask about it again"
OVER = "- It is over when `transfers show ID` does not show it any more under *Needs attention*"


def test_every_problem_has_a_section_and_no_section_is_about_anything_else() -> None:
    assert list(SECTIONS) == list(PROBLEMS)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_section_says_what_happened_who_is_asked_and_what_to_do_in_the_words_of_the_code(problem: str) -> None:
    said = PROBLEMS[problem]
    who = f"{said.who.words[0].upper()}{said.who.words[1:]}"
    assert SECTIONS[problem].partition("\n")[0] == f"*{said.happened}* {who}: {said.advice}"


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_section_has_steps_that_name_only_answers_that_the_item_takes(problem: str) -> None:
    steps = " ".join(re.findall(r"^\d\. (.*)$", SECTIONS[problem], re.MULTILINE))
    named = set(re.findall(r"answer (retry|done_by_hand|skip)\b", steps, re.IGNORECASE))
    assert steps
    assert named <= {answer.value for kind in effects_of(problem) for answer in ways(problem, kind)}
    assert bool(named) == (problem not in TAKES_NO_ANSWER)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_section_ends_with_the_answers_that_the_item_takes_and_when_it_is_over(problem: str) -> None:
    assert re.findall(r"^- .*$", SECTIONS[problem], re.MULTILINE) == list(ending(problem))


def ending(problem: str) -> Iterator[str]:
    if problem in BY_AGREEMENT:
        yield (
            "- It takes no answer. It is over when the service takes the child, or something else is decided for the "
            "child."
        )
    elif problem in DECIDED_ANEW:
        yield "- It takes no answer. It is over when somebody decides again for the child."
    elif problem not in TAKES_NO_ANSWER:
        yield f"- It takes {'; '.join(taken(problem))}."
        yield f"{OVER}{AGAIN if problem in set(DifferenceKind) else ''}."
    if problem in {*OF_MOSAIC, *TAKES_NO_ANSWER} - {*BY_AGREEMENT, *DECIDED_ANEW}:
        takes = "`skip` alone" if problem in OF_MOSAIC else "no answer"
        yield (
            f"- With a number that begins with R (the transfer does not run any more) it takes {takes}. It is over "
            "when `transfers reconcile` does not find it any more."
        )


def taken(problem: str) -> Iterator[str]:
    """Each answer, and what it is not taken for."""
    kinds = effects_of(problem)
    for answer in Resolution:
        takes = [kind for kind in kinds if answer in ways(problem, kind)]
        others = "; ".join(WAYS[kind].words for kind in kinds if kind is not None and kind not in takes)
        if takes:
            yield f"`{answer}`{f' (but not where it is to {others})' if others else ''}"


def test_the_steps_and_fields_that_the_page_names_exist() -> None:
    steps = {step_name(kind) for kind in STEPS}
    fields = {name for kind in STEPS for name in kind.model_fields} | {
        *EarlyHelpService.model_fields,
        *Person.model_fields,
        "id",
    }
    others = {*map(str, ContactKind), *PROBLEMS, *Resolution, "operations"}
    assert set(re.findall(r"`([a-z_]+)`", PAGE)) <= steps | fields | others


@pytest.mark.parametrize("path", [*DOCS.glob("*.md"), DOCS.parent / "README.md"], ids=lambda path: path.name)
def test_the_commands_that_a_page_names_exist(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    for words in re.findall(r"`transfers ([a-z]+(?: [a-z]+)?)", text):
        first, _, second = words.partition(" ")
        assert first in app.rows, words
        assert second in getattr(app.found(first), "commands", {second}), words
