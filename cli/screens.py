"""What people see in the terminal: plain words, a few colours, no codes."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adapters.register_sql import TransferLine
from models.step_down.answers import NextStep, Outcome, Receipt, Stage
from models.step_down.status import OUTCOME_WORDS, STAGE_WORDS, ChildStatus, Status, yes_no
from models.vocabulary import Role, local_time


def transfer_screen(now: Status) -> RenderableType:
    """One transfer, whole."""
    lines: list[RenderableType] = [Text(STAGE_WORDS[now.stage], style="bold")]
    if now.outcome is not None:
        lines.append(Text(OUTCOME_WORDS[now.outcome] + ".", style="bold green"))
    lines += [Text(f"Early Help service: {now.service_name or now.service_ref}"), Text("")]
    lines += _attention(now) + missing_lines(now.next_steps)
    lines += [_children(now.children), Text(""), _timeline(now)]
    return Panel(Group(*lines), title=f"Transfer {escape(now.id)}", title_align="left", padding=(1, 2))


def missing_lines(steps: Sequence[NextStep]) -> list[RenderableType]:
    """What is still missing, a line each."""
    if not steps:
        return []
    table = Table.grid(padding=(0, 2))
    for step in steps:
        who = step.who.words if step.who else "system"
        table.add_row(Text("→"), Text(who, style="bold"), Text(step.words), _step_name(step))
    return [Text("Waits for", style="bold"), table, Text("")]


def _step_name(step: NextStep) -> Text:
    return Text(f"[{step.step}]" if step.step else "", style="dim")


def _attention(now: Status) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for item in (item for item in now.attention if item.open):
        lines += [
            Text(f"Needs attention {item.id}: {item.what}", style="bold red"),
            Text(f"  {item.words.happened} {item.words.advice}"),
            Text(f"  Since {local_time(item.since)}; {item.who.words} can put it right.", style="dim"),
            Text(""),
        ]
    return lines


def _children(children: Sequence[ChildStatus]) -> Table:
    table = Table("child", "consent", "agreed with service", "decision", "closed in Mosaic", "acknowledged")
    for child in children:
        table.add_row(
            child.ref,
            yes_no(child.consent_stands),
            yes_no(child.agreed_with_service),
            child.decision.words if child.decision else "not yet",
            yes_no(child.closed_in_mosaic),
            yes_no(child.acknowledged),
        )
    return table


def _timeline(now: Status) -> Table:
    table = Table("when", "what", "who", title="What happened", title_justify="left", show_edge=False)
    for entry in now.timeline:
        recorded = (
            ""
            if abs((entry.recorded_at - entry.at).total_seconds()) < 60
            else (f"\n(recorded {local_time(entry.recorded_at)})")
        )
        table.add_row(
            local_time(entry.at) + recorded,
            Text(entry.what + (f"\n{entry.note}" if entry.note else "")),
            Text(entry.who),
        )
    return table


def list_screen(lines: Sequence[TransferLine]) -> RenderableType:
    """All transfers, a line each."""
    if not lines:
        return Text("No transfers yet. `transfers start FILE` starts one.")
    table = Table("transfer", "where it stands", "waits for", "service", "team", "started")
    for line in lines:
        words = OUTCOME_WORDS[Outcome(line.outcome)] if line.outcome else STAGE_WORDS[Stage(line.stage)]
        waits = ", ".join(Role(who).words if who != "nobody" else "nobody" for who in line.waiting_for)
        attention = Text(" needs attention", style="bold red") if line.needs_attention else Text("")
        table.add_row(
            line.id, Text(words) + attention, waits, line.service_ref, line.social_work_team, local_time(line.opened_at)
        )
    return table


def receipt_screen(receipt: Receipt) -> RenderableType:
    """A step was taken."""
    return Group(Text(f"Taken. {STAGE_WORDS[receipt.stage]}.", style="green"), *missing_lines(receipt.next_steps))


def _console() -> Console:
    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=160)


out = _console()
"""Standard output; wide enough for a table where it is not a terminal."""
