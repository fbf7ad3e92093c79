"""Who answers for a child, as people and Mosaic say it (ER-15)."""

from enum import StrEnum

from models.mosaic import ChildRecord, LegalStatus, OpenPlan
from models.vocabulary import Frozen, Ref


class Situation(StrEnum):
    """Why somebody else answers for a child (ER-15)."""

    OPEN_TO_SOCIAL_WORK = "open_to_social_work"
    LOOKED_AFTER = "looked_after"
    OTHER_AREA = "other_area"
    UNBORN = "unborn"
    NONE = "none"
    """None of these: what was said before was a mistake, or has changed."""

    @property
    def words(self) -> str:
        """What it is, as people read it."""
        return {
            "open_to_social_work": "open to social work",
            "looked_after": "looked after",
            "other_area": "of another area",
            "unborn": "not born yet",
            "none": "none else answers for the child",
        }[self.value]

    @property
    def goes_to(self) -> str:
        """To whom what concerns the child is passed on."""
        return {
            "open_to_social_work": "to the child's social worker",
            "looked_after": "to the child's social worker, of whichever authority looks after the child",
            "other_area": "to the front door of the area where the child lives",
            "unborn": "to who answers here for children who are not born yet",
            "none": "to nobody",
        }[self.value]


IN_SOCIAL_WORK = frozenset({Situation.OPEN_TO_SOCIAL_WORK, Situation.LOOKED_AFTER})
"""Who has a social worker."""


class ChildSituation(Frozen):
    """One child, and why somebody else answers for it."""

    ref: Ref
    situation: Situation

    @property
    def words(self) -> str:
        """The child, and what it is."""
        return f"{self.ref}: {self.situation.words}"


LOOKED_AFTER = frozenset({LegalStatus.LOOKED_AFTER, LegalStatus.CARE_ORDER, LegalStatus.INTERIM_CARE_ORDER})


def situation_of(record: ChildRecord) -> Situation | None:
    """Why somebody else answers for the child; None where Mosaic shows no reason, or does not say."""
    if LOOKED_AFTER & {*(record.legal_statuses or ())}:
        return Situation.LOOKED_AFTER
    if _in_social_work(record):
        return Situation.OPEN_TO_SOCIAL_WORK
    return Situation.UNBORN if record.born_on is None and record.expected_on is not None else None


def _in_social_work(record: ChildRecord) -> bool:
    """A plan, an enquiry, proceedings, an assessment that is under way, or what the law says of the child."""
    planned = record.open_plan not in {None, OpenPlan.NONE}
    goes_on = bool(record.open_enquiry or record.proceedings) or record.assessment_authorised is False
    return planned or goes_on or bool(record.legal_statuses)
