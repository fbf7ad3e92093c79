"""The views of the operations room: links into the Temporal UI, each for one question."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from urllib.parse import quote, urlencode

from pydantic_settings import SettingsConfigDict
from rich.console import Group, RenderableType
from rich.text import Text

from adapters.settings import Settings, WebAddress
from adapters.temporal_client import namespace
from cli.terminal import AsJson, out, print_json
from cli.wiring import find_transfers, lists
from models.help_request.journey import HELP_REQUEST
from models.journey.rows import Need
from models.journey.status import ResponseState
from models.step_down.journey import STEP_DOWN
from models.step_up.journey import STEP_UP
from models.vocabulary import LONDON
from workflows.journey.visibility import NEEDS_ATTENTION, RESPONSE_DUE, RESPONSE_STATE, SERVICE, TEAM, WAITING_FOR

KINDS = {"step-downs": "StepDownTransfer", "requests for Early Help": "EarlyHelpRequest", "referrals": "StepUpReferral"}
"""The journeys as people say them, each with what Temporal calls it."""
_TYPES = ", ".join(f'"{kind}"' for kind in KINDS.values())
OPEN = f'WorkflowType IN ({_TYPES}) AND ExecutionStatus = "Running"'
BROKEN = 'TemporalReportedProblems IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")'
"""The server itself marks a workflow so, after its code has failed several times."""


WAITED_FOR = tuple(
    dict.fromkeys(
        row.who
        for journey in (STEP_DOWN, HELP_REQUEST, STEP_UP)
        for _, row in journey.missing
        if isinstance(row, Need) and row.who is not None
    )
)
"""The roles that a journey may wait for."""


@dataclass(frozen=True)
class View:
    """One question, and the list of workflows that answers it."""

    name: str
    question: str
    query: str


class UiSettings(Settings):
    """Where people open the Temporal UI, as ``TRANSFERS_UI_URL``."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    ui_url: WebAddress
    """Where people open the Temporal UI."""


def views(*, as_json: AsJson = False) -> None:
    """Print links into the Temporal UI: open, due today, overdue, needs attention, waiting for, service, team."""
    find_transfers()
    ui, within = UiSettings().ui_url, namespace()
    pairs = lists().open_between()
    services = sorted({service for service, _ in pairs})
    teams = sorted({team for _, team in pairs if team is not None})
    found = views_of(datetime.now(LONDON), services, teams)
    if as_json:
        print_json([{**asdict(view), "link": link(ui, within, view)} for view in found])
    else:
        out.print(views_screen(found, ui, within), soft_wrap=True)


def views_of(now: datetime, services: Sequence[str], teams: Sequence[str]) -> tuple[View, ...]:
    """Every view; what is due today ends with the day of ``now`` in London."""
    tomorrow = datetime.combine(now.astimezone(LONDON).date() + timedelta(days=1), time(), LONDON)
    unanswered = f"{RESPONSE_STATE.name} IN {_any_of(ResponseState.ON_TRACK, ResponseState.DUE_SOON)}"
    return (
        View("Open", "Which transfers are open, and at which stage?", OPEN),
        View(
            f"Due today, {now.astimezone(LONDON):%-d %B}",
            "Who has to answer today, and owes nothing from before?",
            f'{OPEN} AND {unanswered} AND {RESPONSE_DUE.name} < "{tomorrow.isoformat()}"',
        ),
        View("Overdue", "Who did not answer in time?", _open_and(RESPONSE_STATE.name, ResponseState.BREACHED)),
        View("Needs attention", "What is stuck, and waits for a person?", f"{OPEN} AND {NEEDS_ATTENTION.name} = true"),
        View("Broken", "Which workflows fail at their own code?", BROKEN),
        *(View(f"Open {name}", "Which of this kind are open?", _open(kind)) for name, kind in KINDS.items()),
        *(
            View(f"Waits for {who.words}", "Whom does it wait for?", _open_and(WAITING_FOR.name, who))
            for who in WAITED_FOR
        ),
        *(View(f"Service {ref}", "What goes to this service?", _open_and(SERVICE.name, ref)) for ref in services),
        *(View(f"Team {ref}", "What comes from this team?", _open_and(TEAM.name, ref)) for ref in teams),
    )


def link(ui: str, within: str, view: View) -> str:
    """The page that shows the view, with its name, to whoever opens it."""
    asked = urlencode({"query": view.query, "savedQuery": view.name}, quote_via=quote)
    return f"{ui}/namespaces/{quote(within, safe='')}/workflows?{asked}"


def views_screen(found: Sequence[View], ui: str, within: str) -> RenderableType:
    """A name, the question that it answers, and the link."""
    lines = (
        Text.assemble((view.name, "bold"), f"  {view.question}\n  ", (link(ui, within, view), "blue")) for view in found
    )
    return Group(*lines)


def _open(kind: str) -> str:
    return f'WorkflowType = "{kind}" AND ExecutionStatus = "Running"'


def _open_and(attribute: str, value: str) -> str:
    return f"{OPEN} AND {attribute} = {_quoted(value)}"


def _any_of(*values: str) -> str:
    return f"({', '.join(map(_quoted, values))})"


def _quoted(value: str) -> str:
    return f'"{value}"'
