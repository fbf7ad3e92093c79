"""What a referral orders: its opening, how it is shown, and the few effects that it has."""

from collections.abc import Sequence

from activities.register import RegisterActivities
from activities.step_up import OpenReferral, ShowReferral, StepUpActivities
from models.journey.projection import Projection
from models.journey.recorded import RecordedStep
from models.kinds import ClockKind, EffectKind
from models.step_up.facts import Recorded, StepUpFacts
from workflows.journey.orders import SHARED, Order, Orders, Write, look_up_service
from workflows.timeouts import REGISTER


def _opening(facts: StepUpFacts) -> Write:
    order = OpenReferral(request=facts.request, at=facts.opened_at)
    return Write(StepUpActivities.open_referral, order, "Open the referral")


def _show(told: Projection, new: Sequence[RecordedStep]) -> Write:
    kept = tuple(Recorded.model_validate(entry) for entry in new if entry.step.is_kept)
    shown = ShowReferral(**dict(told), evidence=kept)
    return Write(StepUpActivities.show_referral, shown, "Show the referral in the register")


ORDERS = Orders[StepUpFacts](
    opening=_opening,
    effects={
        **SHARED,
        EffectKind.LOOK_UP_SERVICE: Order(RegisterActivities.look_up_service, look_up_service, "SU-08", REGISTER),
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
