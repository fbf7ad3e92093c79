"""What a referral orders: its opening, how it is shown, and the few effects that it has."""

from collections.abc import Sequence

from activities.links import LinkActivities, OpenJourney, TellJourney
from activities.register import RegisterActivities
from activities.step_up import OpenReferral, ShowReferral, StepUpActivities
from models.effects import Intent
from models.journey.projection import Projection
from models.journey.recorded import RecordedStep
from models.kinds import ClockKind, EffectKind
from models.links.outcome import told_back
from models.links.request import out_of_referral
from models.step_up.facts import Recorded, StepUpFacts
from workflows.journey.orders import SHARED, Order, Orders, Write, look_up_service, tell
from workflows.timeouts import REGISTER, TEMPORAL


def _opening(facts: StepUpFacts) -> Write:
    order = OpenReferral(request=facts.request, at=facts.opened_at)
    return Write(StepUpActivities.open_referral, order, "Open the referral")


def _show(told: Projection, new: Sequence[RecordedStep]) -> Write:
    kept = tuple(Recorded.model_validate(entry) for entry in new if entry.step.is_kept)
    shown = ShowReferral(**dict(told), evidence=kept)
    return Write(StepUpActivities.show_referral, shown, "Show the referral in the register")


def _open_journey(facts: StepUpFacts, intent: Intent) -> OpenJourney:
    return OpenJourney(intent=intent, start=out_of_referral(facts, intent.effect))


def _tell_journey(facts: StepUpFacts, intent: Intent) -> TellJourney:
    return tell(facts, intent, told_back(facts, intent.effect))


ORDERS = Orders[StepUpFacts](
    opening=_opening,
    effects={
        **SHARED,
        EffectKind.LOOK_UP_SERVICE: Order(RegisterActivities.look_up_service, look_up_service, "SU-08", REGISTER),
        EffectKind.OPEN_JOURNEY: Order(LinkActivities.open_journey, _open_journey, "SU-04", TEMPORAL),
        EffectKind.TELL_JOURNEY: Order(LinkActivities.tell_journey, _tell_journey, "SD-39", TEMPORAL),
    },
    show=_show,
    clock_clauses={
        ClockKind.CONTACT_MADE: "SU-01",
        ClockKind.CONTACT_OUTCOME: "SU-03",
        ClockKind.PARENTS_ASKED: "SU-01a",
        ClockKind.ASSESSMENT: "SU-06",
        ClockKind.NAMED_WORKER: "SU-08",
        ClockKind.OUTCOME_TOLD: "SU-06",
        ClockKind.DISAGREEMENT: "SU-08",
    },
)
