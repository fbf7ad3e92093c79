"""What a request for Early Help orders: its opening, how it is shown, and the few effects that it has."""

from collections.abc import Sequence

from activities.early_help_contact import EarlyHelpContactActivities, WriteContact
from activities.help_request import HelpRequestActivities, OpenRequest, ShowRequest
from activities.links import LinkActivities, OpenJourney, TellJourney
from activities.mosaic import LookAtChildren, MosaicActivities
from activities.register import RegisterActivities
from models.effects import Intent
from models.help_request.contact import entry_of, opens
from models.help_request.facts import HelpFacts, Recorded
from models.journey.projection import Projection
from models.journey.recorded import RecordedStep
from models.kinds import ClockKind, EffectKind
from models.links.referral import out_of_request
from models.links.words import who_was_spoken_to
from workflows.journey.orders import SHARED, Order, Orders, Write, look_up_service, tell
from workflows.timeouts import LOOKS, MOSAIC, REGISTER, TEMPORAL


def _opening(facts: HelpFacts) -> Write:
    order = OpenRequest(request=facts.request, at=facts.opened_at)
    return Write(HelpRequestActivities.open_request, order, "Open the request")


def _show(told: Projection, new: Sequence[RecordedStep]) -> Write:
    kept = tuple(Recorded.model_validate(entry) for entry in new if entry.step.is_kept)
    shown = ShowRequest(**dict(told), evidence=kept)
    return Write(HelpRequestActivities.show_request, shown, "Show the request in the register")


def _look_at_children(facts: HelpFacts, intent: Intent) -> LookAtChildren:
    return LookAtChildren(intent=intent, child_refs=facts.with_number)


def _write_contact(facts: HelpFacts, intent: Intent) -> WriteContact:
    first = opens(facts, intent.effect)
    return WriteContact(
        intent=intent,
        child_ref=facts.request.lead_child,
        team=facts.service.mosaic_team if facts.service else None,
        number=facts.request.contact_number if first else None,
        may_start=first,
        entry=entry_of(facts, intent.effect),
    )


def _open_journey(facts: HelpFacts, intent: Intent) -> OpenJourney:
    return OpenJourney(intent=intent, start=out_of_request(facts, intent.effect))


def _tell_journey(facts: HelpFacts, intent: Intent) -> TellJourney:
    return tell(facts, intent, who_was_spoken_to(facts, intent.effect, facts.to_refer))


ORDERS = Orders[HelpFacts](
    opening=_opening,
    effects={
        **SHARED,
        EffectKind.LOOK_UP_SERVICE: Order(RegisterActivities.look_up_service, look_up_service, "ER-06", REGISTER),
        EffectKind.LOOK_AT_CHILDREN: Order(MosaicActivities.look_at_children, _look_at_children, "ER-15", LOOKS),
        EffectKind.WRITE_CONTACT: Order(EarlyHelpContactActivities.write_contact, _write_contact, "ER-09", MOSAIC),
        EffectKind.OPEN_JOURNEY: Order(LinkActivities.open_journey, _open_journey, "SU-01", TEMPORAL),
        EffectKind.TELL_JOURNEY: Order(LinkActivities.tell_journey, _tell_journey, "SU-01", TEMPORAL),
    },
    show=_show,
    clock_clauses={
        ClockKind.HELP_REQUEST: "ER-06",
        ClockKind.HARM_READ: "ER-14",
        ClockKind.COMPLETION: "ER-12",
        ClockKind.REDIRECTED: "ER-07",
        ClockKind.OFFERED_WAITING: "ER-15",
        ClockKind.REFERRER_TOLD: "ER-15",
        ClockKind.CONSENT_ASKED: "SU-04",
        ClockKind.TAKEN_OVER: "ER-06",
    },
)
