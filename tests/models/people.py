"""The people around one family: whatever they may record, and what they record when they do as they are asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Literal, get_args

from models.attention import Resolution
from models.census import ClosureReason
from models.journey.steps import PausableClock, ReportsHarm, ReportSignificantHarm, SpokenTo, step_name
from models.kinds import EffectKind
from models.step_down import acts
from models.step_down.child import Child
from models.step_down.effects import to_hand_over
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import unconfirmed
from models.step_down.first_contact import FirstContact, said_in
from models.step_down.leaving import of_the_dead, was_sent
from models.step_down.moved import unanswered_notice
from models.step_down.parts import Part, parts, to_give
from models.step_down.plan_end import waits_for_conference_manager
from models.step_down.stage import Stage
from models.step_down.start import DocumentKind, PlanType
from models.step_down.steps.confirmation import Letter
from models.step_down.steps.consent import ChildConsent, HolderAnswer, RecordConsent, Shareable
from models.step_down.steps.conversation import AgreedChild, ResponseKind
from models.step_down.steps.decision import ChildDecision, Decision
from models.step_down.steps.endings import HowPlanEnded, PlanEnd
from models.step_down.steps.every import STEPS
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import ChildAtMeeting, MeetingOutcome, RecordFinalMeeting
from models.step_down.steps.first_contact import Became, Unseen
from models.step_down.steps.sharing import RecordFamilySharing, WithoutDocument
from models.step_down.stop import outcome_in, without_outcome
from models.vocabulary import LONDON, Actor, ChildRef
from tests.builders import (
    CHAIR,
    CONFERENCE_MANAGER,
    FOR_GOOD,
    MANAGER,
    SOCIAL_WORKER,
    TO_NO_PARENT,
    UNREAD,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    agreed_start,
    at_conference,
    at_meeting,
    authorised,
    away,
    by_power,
    cancellation,
    cancelled_meeting,
    child_consent,
    child_decision,
    competent,
    confirmation,
    consent,
    conversation,
    decided,
    decided_as,
    decided_unseen,
    declined_for_harm,
    delivery,
    exploration,
    families_first,
    family_record,
    family_sharing,
    harm_outcome,
    harm_report,
    holder,
    interim_contact,
    letter,
    letter_to_agency,
    letters,
    looked_at,
    management_conversation,
    meeting,
    no_letter,
    not_agreed,
    not_appropriate,
    not_authorised,
    not_seen,
    not_us,
    offer,
    other_service,
    own_assessment,
    part_given,
    pause,
    practitioner,
    reassigned,
    recalculation,
    resolution,
    resume,
    scheduled,
    seen,
    sharing_basis,
    unseen,
    withdrawal,
    withheld,
)
from tests.step_down import next_steps, stage

ELSEWHERE = "child-elsewhere"
NOBODY_KNOWS = "service-nowhere"
BY_MAIL = "service-west"
SERVICES = ("service-north", "service-south", BY_MAIL, NOBODY_KNOWS)
HOUR = timedelta(hours=1)
AT_SCHOOL: dict[str, Any] = {"agencies": ("Hill School",), "took_part_in_plan": ()}
UNTIL_THE_DECISION = (Stage.CONSENT, Stage.SHARING, Stage.CONVERSATION, Stage.FINAL_MEETING, Stage.DECISION)
ABOUT_THE_MEETING = ["schedule_final_meeting", "schedule_final_meeting", "record_final_meeting"]
NOT_JUST_ANYTHING = ("resolve_attention", "report_significant_harm", "record_harm_outcome")
"""What is recorded only where there is something to record."""
AFTER_THE_CLOSING = [
    *("acknowledge_transfer", "change_service", "name_lead_practitioner", "withdraw_consent"),
    *("record_family_sharing", "agree_start", "record_first_contact", "decide_first_contact"),
]


@dataclass
class Luck:
    """What befalls this family, even where everybody does as they are asked."""

    declines: int
    """How often a service says no to what social work has closed."""
    silences: int
    """How often it does not answer."""
    universal: bool
    """Universal services are enough for its children, and are decided before anybody asks for consent."""
    in_the_meantime: bool
    """No practitioner is found at once."""
    family: Literal["agrees", "refuses", "is silent"]
    adjourned: int
    """How often a final meeting comes to no answer."""
    meeting: MeetingOutcome
    """What it says in the end."""
    harm: bool
    """Somebody may report a risk of significant harm."""
    comes_to_nothing: bool
    """And Duty and Advice find that nothing follows."""
    dispute: bool | None
    """Those with parental responsibility disagree, and the manager says so; None where they do not."""
    unseen: int
    """How often a service does not see a child."""
    taken_back: int
    """How often the manager takes such a child back."""
    slow: EffectKind | None
    """What comes to its end only when nobody has anything else to do."""


@dataclass(frozen=True)
class People:
    """They see where the transfer stands, and throw dice."""

    dice: Random
    luck: Luck
    facts: StepDownFacts
    now: datetime
    number: Callable[[], int]

    def seldom(self, one_in: int) -> bool:
        return self.dice.randrange(one_in) == 0

    def one_of(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def asked(self) -> list[str]:
        """The steps that may bring the transfer on; who did not get the child may be followed by another service.

        A chair who recorded a meeting too early cannot confirm it, and records it once more; before consent
        and letters, the family is recorded.
        """
        asked = [need.step for need in next_steps(self.facts) if need.step and need.step != "resolve_attention"]
        asked += ["resume_clock"] * any(self.facts.paused(clock) for clock in self.facts.open_clocks())
        asked += ["change_service", "acknowledge_transfer", "record_decisions"] * bool(self.given_back())
        asked += ["change_service"] * (self.facts.service is None)
        asked += ["record_final_meeting"] * ("confirm_meeting" in asked)
        rests_on_the_family = {"approve_letters", "record_consent"} & {*asked}
        asked += ["record_family"] * (bool(rests_on_the_family) and not self.knows_who_is_who())
        return [step for step in asked if step != "record_consent" or self.luck.family != "is silent"]

    def a_step(self) -> Any:
        """Mostly one that is asked for now; one that may or may not be taken now and then."""
        if self.luck.harm and self.seldom(12):
            return self.build("report_significant_harm")
        if self.facts.harm_reports and self.seldom(4):
            return self.build("record_harm_outcome")
        likely = self.asked() + [f"resolve {item.id}" for item in self.facts.open_attention if item.child is None]
        anything = [step_name(kind) for kind in STEPS if step_name(kind) not in NOT_JUST_ANYTHING]
        if stage(self.facts) in {Stage.CONFIRMATION, Stage.FIRST_CONTACT}:
            anything += AFTER_THE_CLOSING * 3 + [f"resolve {item.id}" for item in self.facts.open_attention]
        if stage(self.facts) is Stage.DECISION:
            anything += ["cancel"] * 5
        if self.facts.on_a_plan and stage(self.facts) in UNTIL_THE_DECISION:
            likely += ABOUT_THE_MEETING
        return self.build(self.one_of(*(anything if not likely or self.seldom(3) else likely)))

    def build(self, name: str) -> Any:  # noqa: C901, PLR0911, PLR0912 - one short branch a step
        """A step of this kind, with one or another content."""
        new = self.new()
        refs = self.facts.child_refs
        some = tuple(child for child in refs if self.seldom(2)) or refs
        match name:
            case "record_family":
                return self.who_is_who(new)
            case "record_exploration":
                return exploration(**AT_SCHOOL, **new)
            case "record_consent":
                asked = self.unanswered("answer") or some
                said = (self.some_answer(child) for child in asked)
                return self.consent_to_papers(*said, **new)
            case "withdraw_consent":
                return withdrawal(*([child for child in some if self.facts.child(child).consents] or some), **new)
            case "record_family_sharing":
                return self.shared_with_family(new)
            case "record_sharing_basis":
                return self.on_what_basis(some, new)
            case "answer_request":
                held = self.now + HOUR * self.one_of(2, 30, 150)
                return not_us(**new) if self.seldom(6) else offer(conversation_at=held, **new)
            case "record_contact_conversation":
                if self.seldom(6):
                    return not_appropriate(**new)
                asked = self.to_talk_about(self.unanswered("talked_over") or some)
                return conversation(*(self.not_for_us(c) if self.seldom(5) else self.for_us(c) for c in asked), **new)
            case "schedule_final_meeting":
                if self.seldom(4):
                    return cancelled_meeting(**new)
                return scheduled(meeting_at=self.now + HOUR * self.one_of(1, 20, 60, 150, 400), **new)
            case "record_final_meeting":
                return self.said_at_meeting(some, new)
            case "confirm_meeting":
                return self.confirmed(new)
            case "name_lead_practitioner":
                return self.contact_until(new) if self.seldom(4) else self.who_takes_over(new)
            case "record_management_conversation":
                return management_conversation(**new)
            case "record_advice_summary":
                return advice(*(self.unanswered("advice") or some), **new)
            case "record_decisions":
                usual = (Decision.TRANSFER, Decision.TRANSFER, Decision.TRANSFER, *Decision)
                asked = self.unanswered("decision") or self.given_back() or some
                named = asked[:1] if self.facts.on_a_plan and self.seldom(3) else asked
                said = (self.decision_of(child, self.one_of(*usual), new["occurred_at"]) for child in named)
                return decided_as(*said, actor=self.who_decides(), **new)
            case "authorise":
                return self.act(some, new)
            case "approve_letters":
                return letters(*self.written(), **new)
            case "record_delivery":
                if some_parts := parts(self.facts):
                    return self.given(self.one_of(*some_parts), new)
                return delivery(*(to_hand_over(self.facts) or (letter(),)), **new)
            case "acknowledge_transfer":
                if self.luck.harm and self.seldom(2):
                    return declined_for_harm(*some, **new)
                return acknowledgement(*some, accepted=not self.seldom(3), **new)
            case "record_families_first_notification":
                return families_first(**new)
            case "agree_start":
                return agreed_start(*some, on=self.in_days(self.one_of(-1, 0, 1, 20)), **new)
            case "record_first_contact":
                return self.one_of(seen, seen, unseen)(*some, **new)
            case "decide_first_contact":
                return self.decided_of(self.facts.child(some[0]), self.one_of(*Unseen), new)
            case "add_child":
                return self.who_is_added(self.one_of("child-c", "child-c", ELSEWHERE), new)
            case "change_service":
                return other_service(self.one_of(*SERVICES), **new)
            case "reassign":
                return reassigned(**new)
            case "cancel":
                return cancellation(**new)
            case "record_harm_outcome":
                return self.what_it_came_to(*some, **new)
            case "report_significant_harm":
                return self.reported(some, new)
            case "pause_clock":
                return pause(self.one_of(*get_args(PausableClock)), **new)
            case "resume_clock":
                return resume(self.one_of(*get_args(PausableClock)), **new)
            case "recalculate_clocks":
                return recalculation(**new)
            case _:
                return resolution(name.removeprefix("resolve "), self.one_of(*Resolution), **new)

    def on_what_basis(self, children: tuple[str, ...], new: dict[str, Any]) -> Any:
        """Mostly as consent says; now and then by a power, or nothing is shared of a child."""
        by_consent = {"power": None, "basis": "consent", "gdpr_basis": "consent", "shares": ()}
        ways = (
            lambda ref: by_power(ref, **by_consent),
            lambda ref: by_power(ref, **by_consent),
            by_power,
            by_power,
            withheld,
        )
        said = [self.one_of(*ways)(child) for child in children]
        here = self.facts.service_ref if not self.seldom(9) else "service-nowhere"
        return sharing_basis(*said, **{"service_ref": here, **new})

    def who_decides(self) -> Actor:
        """Mostly the social worker, whom the manager has to follow."""
        return self.one_of(MANAGER, SOCIAL_WORKER, SOCIAL_WORKER)

    def act(self, children: tuple[str, ...], new: dict[str, Any]) -> Any:
        """Mostly about what waits, and mostly yes; now and then about anything, or by the social worker."""
        anything = [entry.step.step_id for entry in self.facts.steps]
        of = self.one_of(*([step.step_id for step in acts.waiting(self.facts)] * 9 or ["nothing"]), *anything)
        by = MANAGER.model_copy(update={"id": SOCIAL_WORKER.id}) if self.seldom(9) else MANAGER
        named = children if self.seldom(4) else ()
        said = not_authorised if self.seldom(4) else self.one_of(authorised, looked_at)
        return said(of, *named, **{"actor": by, **new})

    def decision_of(self, child: str, how: Decision, at: datetime, *, confirmed: bool | None = None) -> ChildDecision:
        """Who has moved is known there, or not yet; now and then nobody knows where a child lives."""
        known = None if not how.closes else confirmed or not self.seldom(12)
        today = at.astimezone(LONDON).date()
        if how is Decision.NO_FURTHER_SUPPORT and self.seldom(3):
            return child_decision(
                child,
                how,
                address_known=known,
                plan_ended=PlanEnd(how=HowPlanEnded.DIED, ended_on=today),
                closure_reason=ClosureReason.DIED,
            )
        if how is not Decision.MOVED_AWAY:
            return child_decision(child, how, address_known=known)
        sent = self.one_of(today, today - timedelta(days=3), today - timedelta(days=90))
        answer = today if confirmed or self.seldom(2) else None
        return child_decision(child, how, address_known=known, moved=away(notice_sent_on=sent, confirmed_on=answer))

    def new(self) -> dict[str, Any]:
        ago = HOUR * self.one_of(3, 20, 70) if self.seldom(8) else timedelta()
        return {"step_id": f"step-{self.number()}", "occurred_at": self.now - ago}

    def unanswered(self, question: str) -> tuple[str, ...]:
        """The children of whom nothing is known under this name."""
        return tuple(child.ref for child in self.facts.children if getattr(child, question) is None)

    def to_talk_about(self, children: tuple[str, ...]) -> tuple[str, ...]:
        """Of a child who cannot pass to the service nobody speaks there, unless of no other."""
        spoken_of = tuple(child for child in children if not self.facts.child(child).cannot_pass)
        return spoken_of or children

    def still_open(self) -> tuple[str, ...]:
        return tuple(child.ref for child in self.facts.children if not child.closing_begun)

    def given_back(self) -> tuple[str, ...]:
        return tuple(child.ref for child in self.facts.children if child.given_back)

    def knows_who_is_who(self) -> bool:
        """Letters go to people of the family: it is on record, with every child."""
        family = self.facts.last_of(RecordFamily)
        return family is not None and {*self.facts.child_refs} <= {*family.children_named()}

    def who_is_who(self, new: dict[str, Any]) -> Any:
        """The family as a whole; what was recorded before is corrected."""
        before = self.facts.last_of(RecordFamily)
        corrects = {"corrects": before.step_id} if before is not None else {}
        visits = {"risks_to_workers": self.one_of(None, "a dog", "two dogs")}
        return family_record(*self.facts.child_refs, **visits, **new, **corrects)

    def shared_with_family(self, new: dict[str, Any]) -> Any:
        seen = {"version": self.one_of(1, 2), "document_ref": self.one_of(*self.papers)}
        if not self.seldom(4):
            out = self.not_agreeing(seen["document_ref"]) if self.seldom(2) else ()
            return family_sharing(without_children=out, **seen, **new)
        without = WithoutDocument(family_consents=True) if self.seldom(2) else None
        return family_sharing(agreed_as_basis=False, without_it=without, actor=self.who_decides(), **seen, **new)

    def not_agreeing(self, document: str) -> tuple[str, ...]:
        """The children for whom it was not agreed that the document is shared."""
        kind = next(known.kind for known in self.facts.documents if known.ref == document)
        return tuple(child.ref for child in self.facts.children if not child.may_share(Shareable(kind)))

    @property
    def papers(self) -> tuple[str, ...]:
        """The documents of this transfer, the one that is still to be settled first."""
        return tuple(document.ref for document in self.facts.documents)

    def consent_to_papers(self, *said: Any, **new: Any) -> Any:
        """Consent to all that this route shares."""
        share = tuple(Shareable) if self.facts.on_a_plan else (Shareable.ASSESSMENT, Shareable.ADVICE_SUMMARY)
        named = (one.model_copy(update={"may_share": self.agreed_to(one, share)}) for one in said)
        return consent(*named, service_ref=self.facts.service_ref, **new)

    def agreed_to(self, said: ChildConsent, share: tuple[Shareable, ...]) -> tuple[Shareable, ...]:
        """Mostly all that the route shares; now and then help alone, or one thing."""
        return self.one_of(share, share, share, share[:1], ()) if said.may_share else ()

    def some_answer(self, child: str) -> ChildConsent:
        """Mostly yes; or those who hold responsibility disagree, and a child who can may say no."""
        if self.luck.dispute is None or self.seldom(2):
            return child_consent(child, stands=not self.seldom(5))
        return at_odds(child, **({"voice": competent(agreed=False)} if self.seldom(6) else {}))

    def good_answer(self, child: str) -> ChildConsent:
        """Where they disagree, the manager acts on that."""
        if self.luck.dispute is None:
            return child_consent(child, stands=self.luck.family == "agrees")
        return at_odds(child)

    def reported(self, children: tuple[str, ...], new: dict[str, Any]) -> Any:
        """Mostly nobody was spoken to yet; now and then it says an earlier report anew, or names a child of others."""
        if self.seldom(4):
            return harm_report("child-of-others", **new)
        spoken = SpokenTo(who="the duty worker", at=new["occurred_at"]) if self.seldom(3) else None
        before = self.facts.harm_reports
        if not before or not self.seldom(2):
            return harm_report(*children, spoken_to=spoken, **new)
        earlier = self.one_of(*before)
        if not isinstance(earlier, ReportSignificantHarm):
            return harm_report(*dict.fromkeys((*earlier.at_risk, *children)), spoken_to=spoken, **new)
        named = dict.fromkeys((*earlier.children_named(), *children))
        return harm_report(*named, spoken_to=spoken, corrects=earlier.step_id, **new)

    def what_it_came_to(self, *children: str, **new: Any) -> Any:
        """Mostly nothing, if luck will have it."""
        nothing = self.luck.comes_to_nothing and not self.seldom(5)
        return harm_outcome(*children, nothing=nothing, said_at=new["occurred_at"], **new)

    def rung_about(self, report: ReportsHarm) -> Any:
        """The report once more; of a child whom a service declined, a report."""
        new = self.new()
        spoken = SpokenTo(who="the duty worker", at=new["occurred_at"])
        corrects = report.step_id if isinstance(report, ReportSignificantHarm) else None
        return harm_report(*report.at_risk, spoken_to=spoken, corrects=corrects, **new)

    def said_at_meeting(self, children: tuple[str, ...], new: dict[str, Any]) -> Any:
        """Mostly agreed; now and then somebody confirms what counts without it, and not everybody may confirm."""
        usual = {child: [MeetingOutcome.AGREED] * 6 for child in self.unanswered("decision")}
        said = (self.said_of(child, self.one_of(*usual.get(child, ()), *MeetingOutcome)) for child in children)
        by = self.one_of(SOCIAL_WORKER, SOCIAL_WORKER, SOCIAL_WORKER, MANAGER, CHAIR)
        anew = self.said_anew(children[0]) if self.seldom(3) else {}
        return meeting(*said, service_attended=not self.seldom(3), actor=by, **{**new, **anew})

    def said_of(self, child: str, outcome: MeetingOutcome) -> ChildAtMeeting:
        """A conference says what becomes of the plan."""
        protected = self.facts.request.plan_type is PlanType.CHILD_PROTECTION
        return at_conference(child, outcome) if protected else at_meeting(child, outcome)

    def confirmed(self, new: dict[str, Any]) -> Any:
        """Mostly the last meeting, by its chair; now and then by somebody who may not, or about anything."""
        meetings = [step.step_id for step in self.facts.all_of(RecordFinalMeeting)][-1:] or ["nothing"]
        of = self.one_of(*meetings * 4, *(entry.step.step_id for entry in self.facts.steps))
        who = (CHAIR, CHAIR, MANAGER, CONFERENCE_MANAGER, CHAIR.model_copy(update={"id": SOCIAL_WORKER.id}))
        no = {"granted": False, "because": "the plan goes on"} if self.seldom(4) else {}
        return confirmation(of, **{"actor": self.one_of(*who), **no, **new})

    def said_anew(self, child: str) -> dict[str, Any]:
        """The last meeting that spoke of the child, once more."""
        before = self.facts.child(child).meeting
        return {"corrects": before.step_id, "occurred_at": before.occurred_at} if before else {}

    def in_days(self, days: int) -> date:
        return self.now.astimezone(LONDON).date() + timedelta(days=days)

    def for_us(self, child: str) -> AgreedChild:
        """Now and then nobody can say yet when support begins."""
        unknown = {"realistic_start": None, "start_not_known_because": "the post is being filled"}
        return agreed_child(child, **(unknown if self.seldom(4) else {}))

    def decided_of(self, child: Child, how: Unseen, new: dict[str, Any], *, for_good: bool | None = None) -> Any:
        """On what the service said last, or on its silence; now and then it is looked at again."""
        said, looks = said_in(child), how is not Unseen.REOPEN
        looked = self.seldom(6) if for_good is None else for_good
        again = (FOR_GOOD if looked else {"review_on": self.in_days(self.one_of(1, 9))}) if looks else {}
        return decided_unseen(not_seen(child.ref, how, **again), of=said.step_id if said else None, **new)

    def not_for_us(self, child: str) -> AgreedChild:
        universal = AgreedChild(ref=child, agreed=False, reason="enough", response=ResponseKind.UNIVERSAL_SERVICES)
        return universal if self.seldom(2) else not_agreed(child)

    def contact_until(self, new: dict[str, Any]) -> Any:
        """An interim contact, now and then the one who stays; now and then that corrects who was named before."""
        until = (self.now + timedelta(days=self.one_of(1, 3, 9))).date()
        who = self.one_of("contact-5", "lp-1")
        said = {"interim_until": until, "actor": self.who_decides(), **self.for_whom(), **new}
        return interim_contact(practitioner=who, **said)

    def who_takes_over(self, new: dict[str, Any]) -> Any:
        """Who follows an interim contact corrects nothing; now and then somebody says that it does."""
        before = self.facts.child(self.facts.child_refs[0]).practitioner
        corrects = {"corrects": before.step_id} if before is not None and self.seldom(4) else {}
        return practitioner(practitioner=self.one_of("lp-1", "lp-2"), **self.for_whom(), **new, **corrects)

    def for_whom(self) -> dict[str, Any]:
        """All children, or now and then one (SD-38)."""
        named = (ChildRef(ref=self.one_of(*self.facts.child_refs)),) if self.seldom(3) else ()
        return {"children": named}

    def written(self) -> tuple[Letter, ...]:
        """What was approved before is kept, now and then."""
        number, every = self.number(), self.facts.child_refs
        some = self.one_of(every, every[:1])
        new = self.one_of(
            (letter("letter-1", *every),),
            (no_letter("letter-1", *every),),
            (letter("letter-1", *every), letter_to_agency("letter-2", *some)),
            (letter("letter-1", *some), letter("letter-3", *every, person="father")),
            (letter("letter-1", *every), untold_agency("letter-2", *some)),
            (letter("letter-1", *every), letter_to_agency("letter-2", *some, by="post", address="Hill Road")),
            (letter(f"letter-{number}", *every), letter_to_agency(f"agency-{number}", *some)),
        )
        kept = {each.letter_id: each for each in self.to_read_again() if self.seldom(2)}
        return tuple({**{each.letter_id: each for each in new}, **kept}.values())

    def to_read_again(self) -> tuple[Letter, ...]:
        """The letters that are approved, each to be read anew as it would leave now; none of a child omitted since.

        About a child who has died nothing is written. Which parent is told nothing is said anew of all.
        """
        known = {*self.facts.child_refs}
        said = (each for each in self.facts.letters or () if not each.letter_id.startswith(TO_NO_PARENT))
        return tuple(self._read_again(each) for each in said if each.written or {*each.about} <= known)

    def _read_again(self, each: Letter) -> Letter:
        if not each.written:
            return each
        if of_the_dead(self.facts, each) and not was_sent(self.facts, each):
            unwritten = {"by": None, "seen": None, "address": None, "do_not_write_because": "they are spoken with"}
            return each.model_copy(update=unwritten)
        return each.model_copy(update={"seen": UNREAD})

    def good_answers(self) -> Iterator[Any]:
        """A good answer to everything that may be asked; the first that is taken counts."""
        now = self.facts
        every = now.child_refs
        yield self.who_is_who(self.new())
        yield exploration(**AT_SCHOOL, **self.new())
        undecided = self.unanswered("decision")
        if self.luck.universal and undecided:
            yield decided(dict.fromkeys(undecided, Decision.UNIVERSAL_ONLY), **self.new())
        for report in now.nobody_spoken_to:
            yield self.rung_about(report)
        unheard = tuple(child for child in every if outcome_in(now, child) is None)
        if now.harm_stands and self.luck.comes_to_nothing and unheard:
            yield self.what_it_came_to(*unheard, **self.new())
        for child in every:
            if not now.child(child).consents and self.luck.family != "is silent":
                asked = self.unanswered("answer") or (child,)
                yield self.consent_to_papers(*map(self.good_answer, asked), **self.new())
        yield from self._the_family_reads()
        yield offer(**self.new())
        yield conversation(*map(self.for_us, self.unanswered("talked_over") or every), **self.new())
        yield from self._the_meeting_is_held()
        yield from self._somebody_takes_over()
        yield advice(*(self.unanswered("advice") or every), **self.new())
        for child in undecided:
            yield decided({child: Decision.TRANSFER}, actor=self.who_decides(), **self.new())
            yield decided({child: Decision.STAYS_WITH_SOCIAL_WORK}, **self.new())
        yield from self._the_manager_acts()
        number, kept = self.number(), self.to_read_again()
        to_family, read = letter(f"letter-{number}", *every), [child.ref for child in now.children if child.consents]
        if read:
            yield letters(*kept, to_family, letter_to_agency(f"agency-{number}", *read), **self.new())
        yield letters(*kept, to_family, letter_to_agency(f"agency-{number}", *every), **self.new())
        yield letters(*kept, to_family, untold_agency(f"agency-{number}", *every), **self.new())
        untold = no_letter(f"letter-{number}", *every)
        yield letters(*kept, untold, untold_agency(f"agency-{number}", *every), **self.new())
        yield from self._somebody_delivers()
        yield from self._of_children_between_services()
        yield from self._the_service_answers()
        yield from self._the_children_are_seen()
        yield families_first(**self.new())
        if silent := without_outcome(now):
            yield harm_outcome(*silent, nothing=False, said_at=self.now, **self.new())
        yield other_service("service-south", **self.new())
        yield other_service("service-north", **self.new())

    def _somebody_delivers(self) -> Iterator[Any]:
        if waits := to_hand_over(self.facts):
            yield delivery(*waits, **self.new())
        for part in to_give(self.facts):
            yield self.given(part, self.new())

    def who_is_added(self, child: str, new: dict[str, Any]) -> Any:
        """Where each child has an assessment of its own, it brings one; now and then that is forgotten."""
        for_all = [known for known in self.facts.documents if not known.children]
        kinds = {known.kind for known in for_all}
        own = () if DocumentKind.ASSESSMENT in kinds or self.seldom(6) else (own_assessment(child),)
        return added_child(child, documents=own, **new)

    def given(self, part: Part, new: dict[str, Any]) -> Any:
        """A practitioner's part of a document; now and then it is said why it was not given."""
        to = {"document_ref": part.shared.document_ref, "practitioner": part.practitioner.practitioner}
        why_not = {"because": "they are on leave"} if self.seldom(4) else {}
        return part_given(children=tuple({"ref": ref} for ref in part.children), **to, **why_not, **new)

    def _the_manager_acts(self) -> Iterator[Any]:
        """What was said on consent goes on, or not, as luck will have it."""
        for step in acts.waiting(self.facts):
            no = isinstance(step, RecordConsent) and self.luck.dispute is False
            yield (not_authorised if no else looked_at)(step.step_id, **self.new())
        for child in filter(unanswered_notice, self.facts.children):
            confirmed = self.decision_of(child.ref, Decision.MOVED_AWAY, self.now, confirmed=True)
            yield decided_as(confirmed, **{**self.new(), "occurred_at": self.now})

    def _the_family_reads(self) -> Iterator[Any]:
        """First what it has not seen, has not agreed to, or what others are still in: each time a newer version."""
        for ref in sorted(self.papers, key=self._is_settled):
            seen = self._seen(ref)
            version = seen.version + 1 if seen is not None else 3
            out = self.not_agreeing(ref)
            yield family_sharing(version=version, document_ref=ref, without_children=out, **self.new())

    def _seen(self, document: str) -> RecordFamilySharing | None:
        return self.facts.shared(self.facts.paper(document))

    def _is_settled(self, document: str) -> bool:
        seen = self._seen(document)
        if seen is None:
            return False
        if not seen.agreed_as_basis:
            return seen.without_it is not None and self.facts.granted(seen)
        return set(self.not_agreeing(document)) <= set(seen.without_children)

    def _the_meeting_is_held(self) -> Iterator[Any]:
        """It is adjourned as often as bad luck will have it; what does not count yet is confirmed, or said anew."""
        for child in filter(waits_for_conference_manager, self.facts.children):
            yield confirmation(child.decided_in.step_id, **{"actor": CONFERENCE_MANAGER, **self.new()})
        yield scheduled(meeting_at=self.now + HOUR * self.one_of(1, 1, 30, 150), **self.new())
        asked = {need.step for need in next_steps(self.facts)}
        held = (step for child in self.facts.children for step in (child.meeting, child.newest_meeting) if step)
        for step_id in dict.fromkeys(step.step_id for step in held):
            for who in (CHAIR, MANAGER):
                yield confirmation(step_id, **{"actor": who, **self.new()})
        for child in filter(unconfirmed, map(self.facts.child, self.still_open())):
            said = [one for one in child.meeting.children if one.ref == child.ref] if child.meeting else []
            yield meeting(*said, actor=CHAIR, **{**self.new(), **self.said_anew(child.ref)})
        if "record_final_meeting" not in asked:
            return
        outcome = self.luck.meeting
        if self.luck.adjourned:
            self.luck.adjourned, outcome = self.luck.adjourned - 1, MeetingOutcome.ADJOURNED
        by = self.one_of(SOCIAL_WORKER, SOCIAL_WORKER, CHAIR)
        said = [self.said_of(child, outcome) for child in self.still_open()]
        there = not self.seldom(3)
        for each in (said, *([child] for child in said)):
            yield meeting(*each, service_attended=there, actor=by, **self.new())

    def _somebody_takes_over(self) -> Iterator[Any]:
        without = [child for child in self.facts.children if child.practitioner is None or child.interim]
        if any(child.practitioner is None for child in without) and self.luck.in_the_meantime:
            yield self.contact_until(self.new())
        for named in (self.for_whom(), *({"children": (ChildRef(ref=child.ref),)} for child in without)):
            yield practitioner(practitioner=self.one_of("lp-1", "lp-2"), **named, **self.new())

    def _the_service_answers(self) -> Iterator[Any]:
        """It declines as often as bad luck will have it; then it accepts the child after all."""
        for child in self.facts.child_refs:
            answer = self.facts.child(child).acknowledgement
            if answer is not None and answer.accepted:
                continue
            if answer is None and self.luck.declines:
                self.luck.declines -= 1
                yield acknowledgement(child, accepted=False, **self.new())
            yield acknowledgement(child, **self.new())

    def _the_children_are_seen(self) -> Iterator[Any]:
        """Not as often as bad luck will have it; then the manager decides, and what is looked at again is seen."""
        for child in self.facts.children:
            match child.first_contact:
                case FirstContact.NO_START:
                    yield agreed_start(child.ref, on=self.in_days(self.one_of(0, 5)), **self.new())
                case FirstContact.AWAITED if self.luck.unseen:
                    self.luck.unseen -= 1
                    yield unseen(child.ref, became=self.one_of(Became.WAITING, Became.REFUSED), **self.new())
                case FirstContact.AWAITED:
                    yield seen(child.ref, **{**self.new(), "occurred_at": self.now})
                case FirstContact.FOR_MANAGER if self.luck.taken_back:
                    self.luck.taken_back -= 1
                    yield self.decided_of(child, Unseen.REOPEN, self.new())
                case FirstContact.FOR_MANAGER:
                    how = self.one_of(Unseen.ACCEPT, Unseen.DUTY_AND_ADVICE)
                    yield self.decided_of(child, how, {**self.new(), "occurred_at": self.now}, for_good=False)
                case FirstContact.TAKEN_BACK:
                    yield decided({child.ref: Decision.STAYS_WITH_SOCIAL_WORK}, **self.new())
                case FirstContact.REVIEW:
                    said = said_in(child)
                    final = {"of": said.step_id if said else None, **self.new(), "occurred_at": self.now}
                    yield decided_unseen(not_seen(child.ref, **FOR_GOOD), **final)

    def _of_children_between_services(self) -> Iterator[Any]:
        """The managers talk; then anything is tried that may help: some of it is refused."""
        given = self.given_back()
        if not given:
            return
        yield management_conversation(**self.new())
        ways: list[Any] = [
            decided(
                {self.one_of(*given): self.one_of(*Decision, *[Decision.STAYS_WITH_SOCIAL_WORK] * 3)}, **self.new()
            ),
            other_service(self.one_of("service-north", "service-south", BY_MAIL), **self.new()),
        ]
        if not self.seldom(4):
            yield from self.dice.sample(ways, len(ways))


def at_odds(child: str, **changes: Any) -> ChildConsent:
    """One holder agrees and the other one objects."""
    return child_consent(child, holder(), holder(HolderAnswer.REFUSED, "father"), **changes)


def untold_agency(letter_id: str = "letter-2", *about: str) -> Letter:
    """No agency is written to, for a reason."""
    return no_letter(letter_id, *about, agency="Hill School")
