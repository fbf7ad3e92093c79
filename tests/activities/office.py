"""Everything that writes to people, over fakes."""

from typing import Any

from activities.contact_conversation import ContactConversationActivities, RequestConversation, TellService
from activities.correspondence import (
    CorrespondenceActivities,
    MailDocument,
    PackChild,
    RecommendFamiliesFirst,
    SendAdviceSummary,
    SendLetter,
    SendPack,
    TellPractitioner,
    TellSafety,
)
from activities.effect import Effects
from activities.final_meeting import FinalMeetingActivities, MeetingMail, SendMeetingOutcome
from activities.letters.papers import PackDocument, Papers
from activities.showing import Shows, ShowTransfer
from models.effects import Effect, EffectResult
from models.kinds import EffectKind
from models.mail import Mail
from models.step_down.facts import Recorded
from models.step_down.letter_words import text_of
from models.step_down.safety import safety
from models.step_down.start import DocumentKind
from models.step_down.steps.confirmation import Letter
from models.step_down.steps.decision import Decision
from models.step_down.telling import Telling, ToldChild
from tests.builders import (
    ASSESSMENT,
    CHILD,
    NOW,
    PLAN,
    SIBLING,
    agreed_child,
    at_meeting,
    calendar,
    child_advice,
    facts,
    family,
    intent,
    london,
    practitioner,
    scheduled,
    service,
)
from tests.fakes import FakeBook, FakeCalendars, FakeInvitations, FakeMosaic, FakePost, FakeRegister
from tests.step_down import status

SEEN = PackDocument(kind=DocumentKind.ASSESSMENT, ref=ASSESSMENT, version=2)
"""The version that the family saw."""
SEEN_PLAN = PackDocument(kind=DocumentKind.PLAN, ref=PLAN, version=3)
ASK = "Sam Sample, 0113 496 0017, team team-sw"
AGREED, NOT_AGREED = Papers(agreed=(SEEN,)), Papers(omitted=(DocumentKind.ASSESSMENT,))
OF_A_PLAN = Papers(agreed=(SEEN_PLAN, SEEN))
ONE_OMITTED = Papers(agreed=(SEEN,), omitted=(DocumentKind.PLAN,))
BOTH_OMITTED = Papers(omitted=(DocumentKind.PLAN, DocumentKind.ASSESSMENT))

WITHOUT_MOSAIC = service(mosaic_team=None)


def shows_in(register: FakeRegister) -> Shows:
    return Shows(register, register, FakeCalendars(calendar()), lambda: NOW, register)


def shown(*evidence: Recorded, **now: Any) -> ShowTransfer:
    """How a transfer stands, with what is evidence."""
    told = {"status": status(facts()), "version": 1, "calendar": calendar().version, **now}
    return ShowTransfer(evidence=evidence, **told)


class Office:
    def __init__(self) -> None:
        self.post, self.mosaic, self.book = FakePost(), FakeMosaic(), FakeBook()
        self.mosaic.names = {CHILD: "Ada Example", SIBLING: "Ben Example"}
        self.invitations, self.register = FakeInvitations(), FakeRegister()
        effects, shows = Effects(self.book, now=lambda: NOW), shows_in(self.register)
        self.writes = CorrespondenceActivities(self.post, self.mosaic, self.register, effects)
        self.asks = ContactConversationActivities(self.post, self.register, shows, effects)
        self.meets = FinalMeetingActivities(self.post, self.mosaic, self.register, self.invitations, shows, effects)

    @property
    def sent(self) -> Mail:
        [mail] = self.post.sent
        return mail

    def ask(self, papers: Papers = AGREED, **changes: Any) -> Mail:
        self.asks.request_conversation(request_order(papers=papers, service=service(**changes)))
        return self.sent

    def invite(self, **changes: Any) -> Mail:
        self.meets.invite_to_meeting(meeting_order(**changes))
        return self.sent

    def cancel(self, **changes: Any) -> Mail:
        self.meets.cancel_invitation(meeting_order(EffectKind.CANCEL_INVITATION, **changes))
        return self.sent

    def enter(self, **changes: Any) -> Mail:
        self.meets.enter_meeting(meeting_order(EffectKind.ENTER_MEETING, **changes))
        return self.sent

    def remove(self, **changes: Any) -> Mail:
        self.meets.remove_meeting(meeting_order(EffectKind.REMOVE_MEETING, **changes))
        return self.sent

    def tell_outcome(self, **changes: Any) -> Mail:
        self.meets.send_meeting_outcome(outcome_order(**changes))
        return self.sent

    def tell(self, what: str = "withdraw_consent", **changes: Any) -> Mail:
        order = TellService(
            intent=intent(Effect(kind=EffectKind.TELL_SERVICE, service="service-north", step=what)),
            service=service(**changes),
            social_worker=ASK,
            what=what,
        )
        self.asks.tell_service(order)
        return self.sent

    def mail_document(self) -> Mail:
        self.writes.mail_document(document_order())
        return self.sent

    def pack(self, *children: str, **changes: Any) -> Mail:
        self.writes.send_pack(pack_order(*children, **changes))
        return self.sent

    def advise(self, *children: str, **changes: Any) -> Mail:
        self.writes.send_advice_summary(advice_order(*children, **changes))
        return self.sent

    def tell_safety(self, *children: str, **changes: Any) -> Mail:
        self.writes.tell_safety(safety_order(*children, **changes))
        return self.sent

    def tell_practitioner(self, what: str, **changes: Any) -> Mail:
        said = {
            "intent": intent(Effect(kind=EffectKind.TELL_PRACTITIONER, practitioner="lp-4", step=what)),
            "practitioner": practitioner(),
            "social_worker": ASK,
            "what": what,
        }
        self.writes.tell_practitioner(TellPractitioner.model_validate({**said, **changes}))
        return self.sent

    def recommend(self, **changes: Any) -> Mail:
        self.writes.recommend_families_first(recommendation(**changes))
        return self.sent

    def write(self, written: Letter, *children: tuple[str, Decision], passes_on: bool = True, **changes: Any) -> Mail:
        self.writes.send_letter(letter_order(written, *children, passes_on=passes_on, **changes))
        return self.sent


def request_order(**changes: Any) -> RequestConversation:
    said = {
        "intent": intent(Effect(kind=EffectKind.REQUEST_CONVERSATION, service="service-north")),
        "service": service(),
        "social_worker": ASK,
        "papers": AGREED,
        "answer_within": 3,
    }
    return RequestConversation.model_validate({**said, **changes})


def meeting_order(kind: EffectKind = EffectKind.INVITE_TO_MEETING, **changes: Any) -> MeetingMail:
    said = {
        "intent": intent(Effect(kind=kind, service="service-north", step="schedule_final_meeting")),
        "service": service(),
        "scheduled": scheduled(),
        "occasion": "schedule_final_meeting",
        "since": NOW,
        "sequence": 0,
        "social_worker": ASK,
        "organisers": ("sw-7",),
    }
    return MeetingMail.model_validate({**said, **changes})


def outcome_order(**changes: Any) -> SendMeetingOutcome:
    said = {
        "intent": intent(
            Effect(kind=EffectKind.SEND_MEETING_OUTCOME, service="service-north", step="record_final_meeting")
        ),
        "service": service(),
        "held_at": london(2026, 3, 16, 10),
        "children": (at_meeting(),),
        "social_worker": ASK,
    }
    return SendMeetingOutcome.model_validate({**said, **changes})


def document_order(**changes: Any) -> MailDocument:
    said = {
        "intent": intent(
            Effect(kind=EffectKind.MAIL_DOCUMENT, document=ASSESSMENT, version=2, service="service-north")
        ),
        "service": WITHOUT_MOSAIC,
        "document": SEEN,
        "social_worker": ASK,
    }
    return MailDocument.model_validate({**said, **changes})


def pack_order(*children: str, **changes: Any) -> SendPack:
    agreed = changes.pop("agreed", map(agreed_child, children or (CHILD,)))
    who = changes.pop("practitioner", practitioner())
    said = {
        "intent": intent(Effect(kind=EffectKind.SEND_PACK, service="service-north", step="record_decisions")),
        "service": WITHOUT_MOSAIC,
        "papers": AGREED,
        "children": tuple(PackChild(agreed=one, practitioner=who) for one in agreed),
        "social_worker": ASK,
    }
    return SendPack.model_validate({**said, **changes})


def advice_order(*children: str, **changes: Any) -> SendAdviceSummary:
    said = {
        "intent": intent(Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, practitioner="lp-4")),
        "practitioner": practitioner(),
        "advice": tuple(child_advice(child) for child in children or (CHILD,)),
        "agreed": tuple(map(agreed_child, children or (CHILD,))),
        "safety": safety(None, children or (CHILD,)),
        "social_worker": ASK,
        "papers": AGREED,
    }
    return SendAdviceSummary.model_validate({**said, **changes})


def safety_order(*children: str, **changes: Any) -> TellSafety:
    said = {
        "intent": intent(Effect(kind=EffectKind.TELL_SAFETY, practitioner="lp-4")),
        "practitioner": practitioner(),
        "safety": safety(family(*children), children or (CHILD,)),
        "children": children or (CHILD,),
        "social_worker": ASK,
    }
    return TellSafety.model_validate({**said, **changes})


def recommendation(**changes: Any) -> RecommendFamiliesFirst:
    said = {
        "intent": intent(
            Effect(kind=EffectKind.RECOMMEND_FAMILIES_FIRST, practitioner="lp-4", service="service-north")
        ),
        "practitioner": practitioner(),
        "service_name": "Early Help North",
        "social_worker": ASK,
    }
    return RecommendFamiliesFirst.model_validate({**said, **changes})


def letter_order(
    written: Letter, *children: tuple[str, Decision], passes_on: bool = True, **changes: Any
) -> SendLetter:
    decided = children or ((CHILD, Decision.TRANSFER if passes_on else Decision.STAYS_WITH_SOCIAL_WORK),)
    withdrawn, agreed = changes.pop("withdrawn", ()), changes.pop("agreed", {})
    who = changes.pop("practitioner", practitioner() if passes_on else None)
    said = {
        "audience": written.audience,
        "reader": "Ms Example" if written.person == "mother" else written.agency or "Mr Other",
        "reference": "7F3A-91C2-0B4D",
        "children": tuple(
            ToldChild(
                ref=ref,
                decision=how,
                withdrawn=ref in withdrawn,
                practitioner=who if how is Decision.TRANSFER and ref not in withdrawn else None,
                agreed=agreed.get(ref),
            )
            for ref, how in decided
        ),
        "service": "Early Help North",
    }
    told = Telling.model_validate({**said, **changes})
    return SendLetter(
        intent=intent(Effect(kind=EffectKind.SEND_LETTER, letter=written.letter_id)),
        to=written.address or f"{written.person}@home.example",
        reference=told.reference,
        text=text_of(told),
        children=tuple(child.ref for child in told.children),
    )


def only_look(order: Any) -> Any:
    return order.model_copy(update={"intent": order.intent.model_copy(update={"only_look": True})})


def carry_out(office: Office, order: Any) -> EffectResult:
    """The order, by its activity."""
    does = {
        MailDocument: office.writes.mail_document,
        SendPack: office.writes.send_pack,
        SendAdviceSummary: office.writes.send_advice_summary,
        TellSafety: office.writes.tell_safety,
    }
    return does[type(order)](order)
