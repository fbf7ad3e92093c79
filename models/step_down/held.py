"""What Mosaic holds of a child that keeps the child open, whatever was decided (SD-19a, SD-19b).

The machine asks it as the transfer opens or a child is added, again when a closing is decided of whom something was
found, and always right before it completes the closing step in Mosaic.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.mosaic import ChildRecord, Conference, LegalStatus, OpenPlan
from models.plans import PlanOutcome
from models.vocabulary import Frozen

NOT_SAID = (
    "Mosaic does not answer every question that could keep a child's case open (`transfers show ID --in-mosaic`)."
)
"""What everybody may read of what Mosaic does not say."""


STAYS_OPEN = (
    "Something in Mosaic, or what the last conference said, keeps this child's case open (`transfers show ID "
    "--in-mosaic`), and this decision does not count. If only the chair's word is missing, it counts once they have "
    "confirmed; if not, decide again for the child once that has ended."
)
"""What everybody may read of a child whom Mosaic keeps open since its closing was decided."""


class Question(StrEnum):
    """What has to be known of a child before it is closed; by the field of the record that says it."""

    ENQUIRY = "open_enquiry"
    PROCEEDINGS = "proceedings"
    LEGAL_STATUS = "legal_statuses"
    ASSESSMENT = "assessment_authorised"
    PLAN = "open_plan"

    @property
    def words(self) -> str:
        """The question as people ask it."""
        return {
            "open_enquiry": "whether a strategy discussion or a section 47 enquiry is open",
            "proceedings": "whether there are pre-proceedings or proceedings",
            "legal_statuses": "whether there is an order, or the child is looked after, a care leaver or privately "
            "fostered",
            "assessment_authorised": "whether the assessment is authorised",
            "open_plan": "whether the child is on a plan",
        }[self.value]


def unsaid(record: ChildRecord | None) -> tuple[Question, ...]:
    """What Mosaic does not say; everything, where it could not be read."""
    return tuple(question for question in Question if record is None or getattr(record, question.value) is None)


@dataclass(frozen=True)
class Reason:
    """Something in Mosaic that keeps a child open."""

    clause: str
    words: str
    holds: Callable[[ChildRecord], bool]


def _is(*statuses: LegalStatus) -> Callable[[ChildRecord], bool]:
    return lambda record: not set(statuses).isdisjoint(record.legal_statuses or ())


KEEPS_OPEN = (
    Reason("SD-19b", "A strategy discussion or a section 47 enquiry is open.", lambda r: r.open_enquiry is True),
    Reason("SD-19b", "There are pre-proceedings or proceedings.", lambda r: r.proceedings is True),
    Reason(
        "SD-19b",
        "There is a care order, an interim care order or a supervision order.",
        _is(LegalStatus.CARE_ORDER, LegalStatus.INTERIM_CARE_ORDER, LegalStatus.SUPERVISION_ORDER),
    ),
    Reason("SD-19b", "The child is looked after.", _is(LegalStatus.LOOKED_AFTER)),
    Reason("SD-19b", "The child is a care leaver.", _is(LegalStatus.CARE_LEAVER)),
    Reason("SD-19b", "The child is privately fostered.", _is(LegalStatus.PRIVATELY_FOSTERED)),
    Reason("SD-19b", "The assessment is not authorised.", lambda r: r.assessment_authorised is False),
)
"""Whatever plan there is."""

ON_A_PLAN = "The child is on a Child Protection plan, and no conference has ended it for this child."


class SaidHere(Frozen):
    """What the newest conference that this transfer knows of said of the child's plan."""

    on: date
    ends: bool
    confirmed: bool = False
    """By its chair."""


class PlanHere(Frozen):
    """What this transfer knows of a child's Child Protection plan."""

    protected: bool
    """The transfer came out of one."""
    said: SaidHere | None = None
    ended_without: date | None = None
    """When it ended without a conference here, as the conference manager confirms before the child is closed."""


def plan_goes_on(record: ChildRecord | None, here: PlanHere) -> bool:
    """SD-19a: the child is on a Child Protection plan, here or in Mosaic, and nothing has ended it."""
    on_it = here.protected or (record is not None and record.open_plan is OpenPlan.CHILD_PROTECTION)
    return on_it and not _ended_without(record, here) and not _ended(record, here.said)


def newest_conference(record: ChildRecord | None) -> Conference | None:
    """The newest that Mosaic holds; it says nothing of a plan that is open unless it was surely held about that one."""
    held = record.conference if record is not None else None
    if record is None or held is None or record.open_plan is not OpenPlan.CHILD_PROTECTION:
        return held
    return held if record.plan_since is not None and record.plan_since <= held.held_on else None


def _ended_without(record: ChildRecord | None, here: PlanHere) -> bool:
    """Without a conference, and none was held since, here or in Mosaic."""
    there = newest_conference(record)
    held = [day for day in (here.said.on if here.said else None, there.held_on if there else None) if day is not None]
    return here.ended_without is not None and all(day <= here.ended_without for day in held)


def _ended(record: ChildRecord | None, said: SaidHere | None) -> bool:
    """By the newest conference, here or in Mosaic; one of the same day must not say otherwise."""
    there = newest_conference(record)
    if there is None or (said is not None and said.on > there.held_on):
        return said is not None and said.ends and said.confirmed
    of_that_day = said if said is not None and said.on == there.held_on else SaidHere(on=there.held_on, ends=True)
    confirmed = there.confirmed or of_that_day.confirmed
    return there.outcome is PlanOutcome.ENDS and of_that_day.ends and confirmed


def kept_open_by(record: ChildRecord | None, here: PlanHere) -> tuple[str, ...]:
    """What keeps the child open, in plain words; nothing, where nothing does."""
    return tuple(_kept_open_by(record, here))


def nothing_was_found(record: ChildRecord | None) -> bool:
    """Mosaic says everything, and none of it keeps the child open, whatever this transfer knows."""
    return not unsaid(record) and not kept_open_by(record, PlanHere(protected=False))


def _kept_open_by(record: ChildRecord | None, here: PlanHere) -> Iterator[str]:
    if record is not None:
        yield from (reason.words for reason in KEEPS_OPEN if reason.holds(record))
    if plan_goes_on(record, here):
        yield ON_A_PLAN
