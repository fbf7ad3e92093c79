"""What people see in the terminal: plain words, a few colours, no codes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from models.attention import DECIDED_ANEW, Attention, Resolution
from models.journey.answers import NextStep, Receipt
from models.journey.clocks import ClockState
from models.journey.details import linked_words
from models.journey.status import ChildStatus, Status
from models.kinds import NOT_ANSWERING, EffectKind, JourneyKind
from models.operations.differences import OF_MOSAIC
from models.step_down.reading import LetterState, LettersToRead, LetterToRead
from models.vocabulary import local_time
from models.ways import WAYS, by_machine_alone

ONE_MINUTE = timedelta(minutes=1)
STATE_STYLES = {
    ClockState.BREACHED: "bold red",
    ClockState.LATE: "red",
    ClockState.DUE_SOON: "yellow",
    ClockState.PAUSED: "yellow",
}
"""How a clock is shown that needs to be looked at."""


def transfer_screen(now: Status) -> RenderableType:
    """One transfer, whole."""
    lines = [*_harm(now), Text(now.stage_words, style="bold")]
    if now.ended is not None:
        lines.append(Text(now.ended + ".", style="bold green"))
    lines += [Text(f"Early Help service: {now.service_name or now.service_ref}")]
    lines += [Text(f"{now.in_charge}: {now.responsible}")]
    lines += [Text(f"Belongs to it: {words}") for words in linked_words(now)]
    if now.restricted:
        lines.append(Text("Restricted family: only for the people named for it.", style="bold red"))
    lines.append(Text(""))
    lines += _attention(now) + missing_lines(now.id, now.next_steps) + _time(now) + _under_way(now)
    lines += [*_children(now.children), Text(""), _timeline(now)]
    title = f"{JourneyKind(now.journey).noun.capitalize()} {escape(now.id)}"
    return Panel(Group(*lines), title=title, title_align="left", padding=(1, 2))


def letters_screen(found: LettersToRead, *, of_a_step: bool = False) -> RenderableType:
    """Letters as they stand; of a step, those that it is about to approve, or says to have left."""
    about = _about_letters(found, of_a_step=of_a_step)
    return Group(*(_letter(one, over=bool(found.over)) for one in found.letters), *about)


def _about_letters(found: LettersToRead, *, of_a_step: bool) -> Iterator[RenderableType]:
    """What is to be known beside the letters: who has none yet, and what is to be done."""
    if found.over:
        yield Text(found.over, style="bold")
    elif not found.letters:
        yield Text(
            "No letter is proposed: record the people of the family, and how they are safely reached. No letter is "
            "ever proposed about a child who has died."
        )
    if any("[" in one.text for one in found.letters):
        yield Text("The letter itself has each child's name, as Mosaic has it, in place of the reference in brackets.")
    if found.agencies:
        yield Text(f"Agencies to be told, or say why not: {', '.join(found.agencies)}")
    if found.holders:
        untold = "These people hold parental responsibility and have no letter here; say why none is written:"
        yield Text(f"{untold} {', '.join(found.holders)}")
    if found.letters and not found.over and not of_a_step and not any(one.state.to_approve for one in found.letters):
        yield Text("There is nothing to approve here.")


def _letter(one: LetterToRead, *, over: bool) -> RenderableType:
    """One letter, with where it goes, what to look at, and the number by which it is approved."""
    notes = [Text(note, style="bold red") for note in one.notes]
    to_approve = one.state.to_approve and not over
    says = "Approve it with seen" if to_approve else "Approved with seen"
    number = one.letter.seen if to_approve or one.state in {LetterState.APPROVED, LetterState.SENT} else None
    seen = [Text(f"{says}: {number}", style="bold")] if number else []
    stands = Text(f"{one.state.words[0].upper()}{one.state.words[1:]}.", style="bold")
    goes = [Text(f"To: {one.to}"), Text(f"Reference: {one.reference}")] if one.to else []
    way = f", {one.letter.by.words}" if one.letter.by else ""
    title = escape(f"{one.letter.letter_id}, to {one.letter.person or one.letter.agency}{way}")
    return Panel(
        Group(stands, *goes, *notes, Text(""), Text(one.text), *seen), title=title, title_align="left", padding=(1, 2)
    )


def _harm(now: Status) -> list[RenderableType]:
    """Above everything else: what was reported, whether somebody was spoken to, and whom to ring (SU-01)."""
    if now.ring is None:
        return []
    reports = (Text(report.words, style="bold red") for report in now.harm)
    commands = (Text(command) for command in now.harm_commands)
    return [*reports, Text(now.ring, style="bold"), *commands, Text("")]


def missing_lines(transfer_id: str, steps: Sequence[NextStep]) -> list[RenderableType]:
    """What is still missing, a line each; below an act, what it is about, with the command to copy."""
    if not steps:
        return []
    table = Table.grid(padding=(0, 2))
    for step in steps:
        who = step.who.words if step.who else "system"
        table.add_row(Text("→"), Text(who, style="bold"), Text(step.words), _step_name(step))
    acts = (f"{about.line()}:\n{about.command(transfer_id)}" for step in steps for about in step.of)
    ways = (
        f"{way.line()}, with a step `{way.step}`:\n{way.command(transfer_id)}" for step in steps for way in step.ways
    )
    commands = [*map(Text, dict.fromkeys((*acts, *ways)))]
    if any(step.step for step in steps):
        printed = f"transfers step {transfer_id} --new STEP > FILE"
        commands.append(Text(f"To print the FILE for a step, with what is known filled in: {printed}"))
    return [Text("Waits for", style="bold"), table, *commands, Text("")]


def _step_name(step: NextStep) -> Text:
    return Text(f"[{step.step}]" if step.step else "", style="dim")


def _attention(now: Status) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for item in (item for item in now.attention if item.open):
        lines += [
            Text(f"Needs attention {item.id}, {item.problem}: {item.what}", style="bold red"),
            Text(f"  {item.explained}"),
            Text(f"  Since {local_time(item.since)}; {_ways(item)}", style="dim"),
            Text(""),
        ]
    return lines


def _ways(item: Attention) -> str:
    """Who can end the item, and how, in the words of the step."""
    if item.in_register:
        left = (
            f"{item.who.words} can {Resolution.SKIP} it [resolve_attention], or " if item.problem in OF_MOSAIC else ""
        )
        return f"{left}it ends when `transfers reconcile` no longer finds it"
    can = f"{item.who.words} can put it right:"
    if item.problem in DECIDED_ANEW:
        return f"{can} it ends when somebody decides again for the child"
    if item.child is not None:
        return f"{can} it ends when the service accepts the child, or when something else is decided for the child"
    return f"{can} {' or '.join(ways(item.problem, item.kind))} [resolve_attention]"


def ways(problem: str, kind: EffectKind | None) -> tuple[Resolution, ...]:
    """The answers that an item takes: of this problem, about an effect of this kind or about something recorded."""
    may = {
        Resolution.RETRY: kind is not None and problem != NOT_ANSWERING,
        Resolution.DONE_BY_HAND: kind is None or not by_machine_alone(kind),
        Resolution.SKIP: kind is None or not WAYS[kind].must_be,
    }
    return tuple(way for way, possible in may.items() if possible)


def _time(now: Status) -> list[RenderableType]:
    running = [Text(clock.words, style=STATE_STYLES.get(clock.state, "")) for clock in now.clocks if clock.runs]
    return [Text("Time", style="bold"), *running, Text("")] if running else []


def _under_way(now: Status) -> list[RenderableType]:
    lines = {
        "Under way": [Text(f"… {what}") for what in now.at_work],
        "Waits for office hours": [Text(held.words) for held in now.held],
    }
    return [line for title, said in lines.items() if said for line in (Text(title, style="bold"), *said, Text(""))]


def _children(children: Sequence[ChildStatus]) -> list[RenderableType]:
    """A line for each child: what is said of one is too long for the cells of a table."""
    lines = (Text.assemble((child.ref, "bold"), f": {child.words}") for child in children)
    return [Text("Children", style="bold"), *lines]


def _timeline(now: Status) -> Table:
    table = Table("when", "what", "who", title="What happened", title_justify="left", show_edge=False)
    for entry in now.timeline:
        table.add_row(
            "\n".join(given_and_recorded(entry.at, entry.recorded_at)),
            Text(entry.what + (f"\n{entry.note}" if entry.note else "")),
            Text(entry.who),
        )
    return table


def given_and_recorded(at: datetime, recorded_at: datetime) -> list[str]:
    """When something was said or done, and when it was recorded if that was another time."""
    same = abs(recorded_at - at) < ONE_MINUTE
    return [local_time(at)] if same else [local_time(at), f"(recorded {local_time(recorded_at)})"]


def receipt_screen(transfer_id: str, receipt: Receipt) -> RenderableType:
    """A step of a transfer was taken."""
    style = "bold" if receipt.step == "schedule_final_meeting" else "bold red"
    note = [Text(receipt.note, style=style)] if receipt.note else []
    recorded_for = f", for {receipt.recorded_for}" if receipt.recorded_for else ""
    stands = receipt.today or receipt
    taken = f"Taken{recorded_for}."
    if receipt.today is not None:
        before = local_time(receipt.accepted_at)
        taken = f"This was recorded before, on {before}{recorded_for}; nothing was recorded again."
        note = [Text("What was said then:"), *note] if note and not receipt.note_first else note
    lines = Text(f"{taken} {stands.stage_words}.", style="green")
    said = [*note, lines] if receipt.note_first else [lines, *note]
    return Group(*said, *missing_lines(transfer_id, stands.next_steps))
