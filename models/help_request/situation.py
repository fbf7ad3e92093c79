"""Who answers for a child, as far as Mosaic says it (ER-15)."""

from models.help_request.start import Situation
from models.mosaic import ChildRecord, LegalStatus, OpenPlan

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
