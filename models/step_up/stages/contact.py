"""Contact: somebody speaks to Duty and Advice at once, whatever else is missing (SU-01, SU-01a)."""

from dataclasses import replace

from models.journey import harm
from models.journey.rows import TimeIsUp
from models.kinds import ClockKind
from models.step_up.rows import SERVICE, Need, Row, goes_on
from models.step_up.steps.contact import RecordContact

ROWS: tuple[Row, ...] = (
    replace(
        harm.SPOKEN_TO,
        step=RecordContact,
        who=SERVICE,
        ask="A risk of significant harm was reported. Ring Duty and Advice at once (out of hours, the emergency duty "
        "team), or find out whether they have it. Then record who was spoken to about which children, and when.",
    ),
    replace(harm.NOT_TAKEN, who=SERVICE),
    Need(
        "SU-01",
        RecordContact,
        SERVICE,
        "Speak to Duty and Advice about the children, and record who was spoken to, and when.",
        met=lambda f: f.harm_stands or not f.without_call,
        applies=goes_on,
        clock=ClockKind.CONTACT_MADE,
        everywhere=True,
    ),
    TimeIsUp(
        "SU-01",
        ClockKind.CONTACT_MADE,
        RecordContact,
        "Somebody is worried about children, and nobody has said that Duty and Advice was spoken to. Find out now "
        "whether they were; if not, ring yourself. Then have it recorded.",
    ),
)
