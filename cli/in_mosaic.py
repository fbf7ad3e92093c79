"""What Mosaic holds of the children of a transfer, shown to the few who may read of it."""

import asyncio

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from cli.terminal import out, print_json
from cli.wiring import temporal
from client.transfers import find_journey, in_mosaic
from models.mosaic import ChildRecord
from models.step_down.in_mosaic import ChildInMosaic, InMosaic
from models.vocabulary import local_time


def show_in_mosaic(transfer_id: str, *, as_json: bool) -> None:
    """Ask the transfer itself: the register does not hold it."""

    async def asked() -> InMosaic:
        return await in_mosaic(await find_journey(await temporal(), transfer_id))

    seen = asyncio.run(asked())
    if as_json:
        print_json(seen.model_dump(mode="json"))
    else:
        out.print(in_mosaic_screen(transfer_id, seen))


def in_mosaic_screen(transfer_id: str, seen: InMosaic) -> RenderableType:
    """Each child: what keeps it open, what Mosaic does not say, and what else it holds."""
    lines = [line for child in seen.children for line in _of_child(child)]
    title = f"What Mosaic holds about the children, transfer {transfer_id}"
    return Panel(Group(*lines), title=Text(title), title_align="left", padding=(1, 2))


def _of_child(child: ChildInMosaic) -> list[Text]:
    lines = [Text(child.ref, style="bold")]
    if child.closure_reason is not None:
        lines.append(Text(f"  Reason for closure, for the census: {child.closure_reason.words}"))
    if child.looked_at is None:
        return [*lines, Text("  Mosaic has not answered yet."), Text("")]
    lines += [Text(f"  Keeps it open: {why}", style="bold red") for why in child.keeps_open]
    if not child.keeps_open:
        lines.append(Text("  Nothing that Mosaic says keeps this child's case open."))
    lines += [Text(f"  Mosaic does not say {what}.", style="yellow") for what in child.does_not_say]
    lines += [Text(f"  {line}") for line in (_known(child.record) if child.record is not None else ())]
    return [*lines, Text(f"  Looked at on {local_time(child.looked_at)}.", style="dim"), Text("")]


def _known(record: ChildRecord) -> list[str]:
    """To be confirmed with the family, and never asked twice."""
    held = record.conference
    conference = f"{held.outcome.words_for_few}, held on {held.held_on:%d %B %Y}" if held is not None else None
    confirmed = "" if held is None or held.confirmed else ", not confirmed by its chair"
    people = [
        f"{one.person_ref}, {one.relation}{_responsible(one.parental_responsibility)}"
        for one in record.relationships or ()
    ]
    since = f", since {record.plan_since:%d %B %Y}" if record.plan_since else ""
    statuses = record.legal_statuses
    authorised = record.assessment_authorised_on
    said = {
        "Born": f"{record.born_on:%d %B %Y}" if record.born_on else None,
        "Expected": f"{record.expected_on:%d %B %Y}" if record.expected_on else None,
        "Plan": f"{record.open_plan.words}{since}" if record.open_plan else None,
        "Beside the assessment": _involved(record),
        "Legal status": None if statuses is None else ", ".join(one.words for one in statuses) or "none",
        "Assessment authorised": f"{authorised:%d %B %Y}" if authorised else None,
        "Review conference": f"{conference}{confirmed}" if conference else None,
        "Related": "; ".join(people) or None,
        "Agencies": ", ".join(record.agencies or ()) or None,
    }
    return [f"{name}: {words}" for name, words in said.items() if words is not None]


def _involved(record: ChildRecord) -> str | None:
    """What there was since the referral; None where Mosaic does not say."""
    involved = record.since_referral
    return None if involved is None else ", ".join(one.words for one in involved) or "nothing since the referral"


def _responsible(holds: bool | None) -> str:
    return {True: ", holds parental responsibility", False: "", None: ", parental responsibility not said"}[holds]
