"""Where a journey stands, as the Temporal UI shows it in its current details.

The UI asks its own server for the page with the whole text in the address, which a proxy may write into its log:
nothing is here that people wrote in their own words, and nobody's address.
"""

from collections.abc import Iterator
from itertools import chain

from models.attention import Attention
from models.journey.status import ChildStatus, Status
from models.markdown import as_much_as_fits, item, plain, titled
from models.vocabulary import Role, local_time

NAMED_PEOPLE = "Restricted family: the people named for it read the rest with `transfers show {id}`."
THE_REST = "For the rest: `transfers show {id}`."


def details(now: Status) -> str:
    """The current details that the Temporal UI shows, in Markdown: what is urgent first, what happened last."""
    return as_much_as_fits(_lines(now), (NAMED_PEOPLE if now.restricted else THE_REST).format(id=now.id))


def _lines(now: Status) -> Iterator[str]:
    yield from _harm_lines(now)
    yield from (f"## {plain(now.stage_words)}", "")
    if now.ended is not None:
        yield from (f"**{plain(now.ended)}.**", "")
    yield from (f"Early Help service: {plain(now.service_name or now.service_ref)}", "")
    yield from (f"{now.in_charge}: {plain(now.responsible)}", "")
    yield from titled("Belongs to it", map(item, linked_words(now)))
    yield from _attention_lines(now)
    yield from titled("Waits for", _missing_items(now))
    yield from titled("Time", _clock_items(now))
    if now.restricted:
        yield NAMED_PEOPLE.format(id=now.id)
        return
    yield from titled("Under way", (item(plain(what)) for what in now.at_work))
    yield from titled("Waits for office hours", (item(plain(held.words)) for held in now.held))
    yield from titled("Children", map(_child_item, now.children))
    yield from ("**What happened, the newest first**", "")
    for entry in reversed(now.timeline):
        yield item(f"{local_time(entry.recorded_at)}: {plain(entry.what)} ({plain(entry.who)})")


def linked_words(now: Status) -> Iterator[str]:
    """What it was opened out of, and what was opened out of it."""
    if now.out_of is not None:
        yield f"opened out of {now.out_of.words}"
    yield from (f"opened out of this: {one.words}" for one in now.opened)


def _harm_lines(now: Status) -> Iterator[str]:
    """Above everything else; one line below the other."""
    if now.ring is not None:
        said = (*(report.words for report in now.harm), now.ring)
        commands = dict.fromkeys(f"`{command}`" for command in now.harm_commands)
        yield from (*(f"**{plain(words)}**" for words in dict.fromkeys(said)), *commands, "")


def _attention_lines(now: Status) -> Iterator[str]:
    """The open items, by who is asked to put them right."""
    waiting = [one for one in now.attention if one.open]
    for who in dict.fromkeys(one.who for one in waiting):
        items = (_attention_item(one, named=not now.restricted) for one in waiting if one.who is who)
        yield from titled(f"Needs attention by {who.words}", items)


def _attention_item(one: Attention, *, named: bool) -> str:
    if not named:
        return item(f"**{one.id}**")
    said = " ".join(filter(None, (one.words.happened, plain(one.known), one.words.advice)))
    return item(f"**{one.id}** {plain(one.what)}: {said} (since {local_time(one.since)})")


def _missing_items(now: Status) -> Iterator[str]:
    for need in now.next_steps:
        acts = ((f"{plain(about.line(naming=not now.restricted))}:", f"`{about.command(now.id)}`") for about in need.of)
        ways = ((f"{plain(way.line(naming=not now.restricted))}:", f"`{way.command(now.id)}`") for way in need.ways)
        yield item(f"{_who(need.who)}: {plain(need.words)}", *chain.from_iterable((*acts, *ways)))


def _who(role: Role | None) -> str:
    return role.words if role else "system"


def _clock_items(now: Status) -> Iterator[str]:
    for clock in now.clocks:
        if clock.runs:
            yield item(plain(clock.words_without_child if now.restricted else clock.words))


def _child_item(child: ChildStatus) -> str:
    """A line for each child, with what is known of it; a table does not fit where the UI shows this."""
    return item(f"**{plain(child.ref)}**: {plain(child.words)}")
