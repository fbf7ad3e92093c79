"""What waits for no stage: another service, the end, a report of harm, a calendar that changed."""

from models.journey import clocks, harm
from models.journey.given import service_looked_up
from models.journey.rows import field, unless
from models.step_up.rows import CANCELLED, Doing, Row, Rule, goes_on
from models.step_up.steps.assessment import CancelReferral, Reassign
from models.step_up.steps.decision import RecordContactOutcome, RecordStrategyDiscussion

ROWS: tuple[Row, ...] = (
    Doing("SU-08", service_looked_up),
    Rule(
        None,
        Reassign,
        field("service_ref", lambda f, s: s.service_ref == f.service_named),
        "This service already stays with the children.",
    ),
    Rule(None, Reassign, unless(goes_on), CANCELLED),
    Rule(None, CancelReferral, unless(goes_on), "The referral has already been cancelled."),
    Rule(
        "SU-01",
        CancelReferral,
        unless(lambda f: not f.harm_stands),
        "A risk of significant harm was reported: the referral ends with what Duty and Advice say.",
    ),
    Rule(
        "SU-03",
        CancelReferral,
        unless(lambda f: f.last_of(RecordContactOutcome) is None),
        "Duty and Advice have said what the contact comes to: the referral ends with that.",
    ),
    Rule(
        "SU-06",
        CancelReferral,
        unless(lambda f: not f.standing(RecordStrategyDiscussion)),
        "A strategy discussion was held about children: the referral ends with what Duty and Advice say, and with what "
        "comes of it for each child.",
    ),
    clocks.COUNTED_ANEW,
    *harm.TIME_IS_UP,
)
