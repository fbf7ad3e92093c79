"""The texts of alerts: what, since when, who must act, where to look. Nothing in them is about a person."""

from datetime import datetime, timedelta

from models.clock_words import CLOCK_WORDS, PUNCTUAL, alert_words
from models.kinds import REAL_TIME, Audience, ClockKind, RungKind
from models.vocabulary import Frozen, local_time


class AlertText(Frozen):
    """What an alert tells."""

    transfer_id: str
    it: str = "transfer"
    """What the journey is called."""
    number: int
    kind: ClockKind
    what: RungKind
    since: datetime
    due: datetime
    at: datetime
    raised_at: datetime
    service: str
    in_charge: str = "Social work"
    """On whose side somebody is responsible."""
    responsible: str
    """Whom to ask there, with names."""
    phones: str | None = None
    """Whom to ring, where that is what has to be done."""
    reported_by: str | None = None
    """Who reported the risk, and how they are reached, where that is what is told."""
    service_contact: str | None = None
    """Where the service reads, for whoever has to reach it at once."""


LETTER = """{post}

Early Help service: {service}
{in_charge}: {responsible}{reported_by}

You get this as {audience}.{on_duty} This message says nothing about the family; the details are in the {it}.
"""

ON_DUTY = (
    " If nobody has rung you about this yet, do not wait to be rung: ring the people named above. If you cannot reach "
    "them, act without them."
)
"""What whoever is on duty does: the others are told to speak to them."""

POST = """{silent}
{counts} {since}.{due}
Who must act: {act}{ring}
Where to look: {it} {transfer}, in the Temporal UI or with `transfers show {transfer}`.{late}
Alert {number} of this {it}, as things stood on {raised}.
If it was done and recorded since, nothing more is needed. {source}"""

LIFTED = "It was told that this is overdue. An answer has been recorded since, as given in time."
LOOK_AGAIN = "the manager: see whether the moment that was given is right (`transfers clock` shows both)"

LATE = "\nThis alert comes {late} late."


def alert_letter(text: AlertText, audience: Audience) -> tuple[str, str]:
    """Subject and text of an e-mail."""
    subject, post = alert_post(text)
    duty = ON_DUTY if audience in {Audience.DUTY_AND_ADVICE, Audience.EMERGENCY_DUTY_TEAM} else ""
    letter = LETTER.format(
        post=post,
        it=text.it,
        service=f"{text.service}, {text.service_contact}" if text.service_contact else text.service,
        in_charge=text.in_charge,
        responsible=text.responsible,
        reported_by=f"\nReported by: {text.reported_by}" if text.reported_by else "",
        audience=audience.words,
        on_duty=duty,
    )
    return subject, letter


def alert_post(text: AlertText) -> tuple[str, str]:
    """Subject and text for a channel."""
    words = CLOCK_WORDS[text.kind]
    lifted = text.what is RungKind.LIFTED
    subject = f"{alert_words(text.kind, text.what, text.due)} ({text.it} {text.transfer_id}, alert {text.number})"
    over = text.raised_at >= text.due
    late = text.raised_at - text.at
    post = POST.format(
        silent=LIFTED if lifted else words.ahead if words.ahead and text.raised_at < text.since else words.silent,
        counts=words.since,
        since=local_time(text.since),
        due="" if text.kind in REAL_TIME else f" It {'was' if over else 'is'} due on {local_time(text.due)}.",
        act=LOOK_AGAIN if lifted else words.act,
        ring=f"\n{text.phones}" if text.phones else "",
        it=text.it,
        transfer=text.transfer_id,
        late=LATE.format(late=_length(late)) if late > PUNCTUAL else "",
        number=text.number,
        raised=local_time(text.raised_at),
        source=words.source,
    )
    return subject, post


def _length(time: timedelta) -> str:
    """A length of time as people say it, in its two largest parts: ``2 days and 3 hours``."""
    minutes = int(time.total_seconds() // 60)
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    said = [f"{number} {name}{'' if number == 1 else 's'}" for number, name in parts if number]
    return " and ".join(said[:2])
