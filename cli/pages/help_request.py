"""The request for Early Help as its rules have it: what is missing in each stage, who records what, what is refused."""

from cli.pages.step_down import tables
from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.stage import Outcome


def blocks() -> dict[str, str]:
    """The tables, each by its name."""
    outcomes = ["| outcome | in words |", "|---|---|", *(f"| `{how}` | {how.words} |" for how in Outcome)]
    made = {"outcomes": outcomes, **tables(HELP_REQUEST, HelpFacts)}
    return {name: "\n".join(lines) for name, lines in made.items()}
