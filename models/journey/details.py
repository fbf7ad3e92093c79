"""Where a journey stands, as the Temporal UI shows it in its current details."""

from models.attention import Attention
from models.journey.status import Status
from models.vocabulary import Role, local_time


def details(now: Status) -> str:
    """The current details that the Temporal UI shows, in Markdown."""
    lines = [*_harm_lines(now), f"## {now.stage_words}", ""]
    if now.ended is not None:
        lines += [f"**{now.ended}.**", ""]
    lines += [f"Early Help service: {now.service_name or now.service_ref}", ""]
    lines += [f"Social work: {now.responsible}", ""]
    if now.restricted:
        for who, items in _asked(now):
            lines += [f"**Needs attention by {who.words}**: {', '.join(item.id for item in items)}", ""]
        lines += [
            *_missing_lines(now),
            *_clock_lines(now),
            "Restricted family: named people read the rest with `transfers show`.",
        ]
        return "\n".join(lines)
    lines += _attention_lines(now) + _missing_lines(now) + _clock_lines(now) + _under_way_lines(now)
    lines += _child_lines(now)
    lines += ["", "**What happened**", ""]
    lines += [f"- {local_time(entry.recorded_at)}: {entry.what} ({entry.who})" for entry in now.timeline]
    return "\n".join(lines)


def _harm_lines(now: Status) -> list[str]:
    lines = [f"**{report.words}**" for report in now.harm]
    commands = [f"`{command}`" for command in now.harm_commands]
    return [*lines, f"**{now.ring}**", *commands, ""] if lines else []


def _attention_lines(now: Status) -> list[str]:
    lines = []
    for who, items in _asked(now):
        told = (f"- **{i.id}** {i.what}: {i.explained} (since {local_time(i.since)})" for i in items)
        lines += [f"**Needs attention by {who.words}**", "", *told, ""]
    return lines


def _asked(now: Status) -> list[tuple[Role, list[Attention]]]:
    """The open items, by who is asked to put them right."""
    waiting = [item for item in now.attention if item.open]
    return [(who, [i for i in waiting if i.who is who]) for who in dict.fromkeys(item.who for item in waiting)]


def _missing_lines(now: Status) -> list[str]:
    lines = []
    for need in now.next_steps:
        lines.append(f"- {need.who.words if need.who else 'system'}: {need.words}")
        lines += [f"  - `{about.command(now.id)}`" for about in need.of]
        lines += [f"  - {way.line(naming=not now.restricted)}: `{way.command(now.id)}`" for way in need.ways]
    return ["**Waits for**", "", *lines, ""] if lines else []


def _clock_lines(now: Status) -> list[str]:
    running = [clock for clock in now.clocks if clock.runs]
    lines = [f"- {clock.words_without_child if now.restricted else clock.words}" for clock in running]
    return ["**Time**", "", *lines, ""] if lines else []


def _under_way_lines(now: Status) -> list[str]:
    lines = [f"- {what}" for what in now.at_work]
    held = [f"- {held.words}" for held in now.held]
    under_way = ["**Under way**", "", *lines, ""] if lines else []
    return [*under_way, *(["**Waits for office hours**", "", *held, ""] if held else [])]


def _child_lines(now: Status) -> list[str]:
    """A table with a line for each child."""
    titles = ["child", *(state.title for state in now.children[0].states)]
    children = [[child.ref, *(state.words for state in child.states)] for child in now.children]
    return [_row(titles), f"|{'---|' * len(titles)}", *map(_row, children)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
