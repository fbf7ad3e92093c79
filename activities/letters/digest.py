"""The text of the morning digest: what is overdue, due today and waiting, and where to look."""

from datetime import datetime

from models.clock_words import CLOCK_WORDS
from models.kinds import JourneyKind
from models.operations.digest import Digest, Line, Section
from models.vocabulary import LONDON, local_time

LETTER = """{sections}{more}

Where to look: each transfer or request, by its number.

You get this as {reader}, each working morning on which there is something to tell. This message says
nothing about a family; the details are in the transfers. It tells you how things stood on {now}.
"""

NAMES: dict[str, str] = {
    JourneyKind.HELP_REQUEST: "Request for Early Help",
    JourneyKind.STEP_UP: "Referral to Children's Social Work",
}
"""What a line begins with; whatever is not named here is a transfer."""
LINE = """- {journey} {transfer} ({whose})
  {what}"""


def digest_letter(digest: Digest, now: datetime) -> tuple[str, str]:
    """Subject and text of the e-mail."""
    sections = {section: [line for line in digest.lines if line.section is section] for section in Section}
    counts = [f"{len(lines)} {section.words}" for section, lines in sections.items() if lines]
    counts += [f"{digest.omitted} more"] if digest.omitted else []
    day = now.astimezone(LONDON)
    subject = f"Transfers to Early Help, {day:%A} {day.day} {day:%B}: {', '.join(counts)}"
    text = LETTER.format(
        sections="\n\n".join(_section(section, lines) for section, lines in sections.items() if lines),
        more=f"\n\nThere are {digest.omitted} more, which are less urgent." if digest.omitted else "",
        reader=digest.recipient.words,
        now=local_time(now),
    )
    return subject, text


def _section(section: Section, lines: list[Line]) -> str:
    return "\n\n".join((section.words.capitalize(), *map(_line, lines)))


def _line(line: Line) -> str:
    return LINE.format(
        journey=NAMES.get(line.journey, "Transfer"),
        transfer=line.transfer_id,
        whose="; ".join(filter(None, (line.service, line.social_work_team))),
        what="\n  ".join(_what(line)),
    )


def _what(line: Line) -> tuple[str, ...]:
    """What is waited for, since and until when, and who must act."""
    if line.kind is None or line.since is None:
        return (f"It is waiting for you; the transfer says what is needed. {line.stage_words}.",)
    words = CLOCK_WORDS[line.kind]
    since = f"Waiting since {local_time(line.since)}."
    if line.due is None:
        return words.silent, f"{since} The clock is stopped at the moment.", f"Who must act: {words.act}"
    verb = "was" if line.section is Section.OVERDUE else "is"
    return words.silent, f"{since} It {verb} due on {local_time(line.due)}.", f"Who must act: {words.act}"
