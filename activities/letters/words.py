"""Words that several letters share: a day, who takes over."""

from datetime import date

from models.step_down.steps.decision import NameLeadPractitioner

TAKES_OVER = "{practitioner} from {agency} takes over."
IN_THE_MEANTIME = (
    "{practitioner} from {agency} is the contact for now. The person who takes over should be named by {day}."
)
"""Until a practitioner is allocated (SD-28)."""


def day_words(day: date) -> str:
    """A day as people read it: ``Thursday 9 April 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def who_takes_over(practitioner: NameLeadPractitioner) -> str:
    """The practitioner; or the interim contact, and by when a practitioner is expected."""
    day = practitioner.interim_until
    who = TAKES_OVER if day is None else IN_THE_MEANTIME
    return who.format(practitioner=practitioner.name, agency=practitioner.agency, day=day and day_words(day))
