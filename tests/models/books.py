"""The books of one journey: what was recorded, begun, ended and told, as it happened, and what of it holds."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeGuard, TypeVar

from models.attention import DECIDED_ANEW
from models.effects import Effect, EffectResult, Ended
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.recorded import Alert
from models.journey.steps import Cancel, ReportsHarm, Step
from models.kinds import ClockKind, EffectKind
from models.plans import PlanOutcome
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import sequence
from models.step_down.start import Document, PlanType
from models.step_down.steps.acts import Authorise
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters, Letter
from models.step_down.steps.consent import HolderAnswer, RecordConsent, WithdrawConsent
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import (
    Decision,
    NameLeadPractitioner,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.final_meeting import (
    ChildAtMeeting,
    MeetingOutcome,
    RecordFinalMeeting,
    ScheduleFinalMeeting,
)
from models.step_down.steps.first_contact import (
    AgreeStart,
    ChildFirstContact,
    ChildNotSeen,
    DecideFirstContact,
    RecordFirstContact,
    Unseen,
)
from models.step_down.steps.sharing import Basis, ChildSharing, RecordFamilySharing, RecordSharingBasis
from models.step_down.steps.transfer import AddChild, ChangeService
from models.vocabulary import LONDON, Role

S = TypeVar("S", bound=Step)
TRANSFER, STAYS = Decision.TRANSFER, Decision.STAYS_WITH_SOCIAL_WORK
CLOSE, REOPEN = EffectKind.CLOSE_CHILD, EffectKind.REOPEN_CHILD
ENDS_PLAN = {MeetingOutcome.AGREED, MeetingOutcome.UNIVERSAL_SERVICES}
INVITE, CANCEL = EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION
DOCUMENTS = (EffectKind.SHARE_DOCUMENT, EffectKind.MAIL_DOCUMENT)
ANSWERS = (AnswerRequest, RecordContactConversation)
TURNS = (Cancel, ChangeService, WithdrawConsent)


@dataclass(frozen=True)
class Order:
    """What was known when the machine set out, or went about it again."""

    place: int
    """How many steps were recorded then."""
    decided: dict[str, Decision]
    with_the_service: set[str]
    practitioners: dict[str, str | None]
    """Of each child that passes on."""

    def theirs(self, practitioner: str | None) -> set[str]:
        """The children with the service whom this practitioner took over then."""
        return {child for child in self.with_the_service if self.practitioners[child] == practitioner}


@dataclass
class Books:
    """Read after everything that happens."""

    facts: StepDownFacts
    """Read only for what was recorded, begun, ended and told, and not for what follows from it."""
    without_mosaic: frozenset[str]
    """The services that are written to."""
    began: dict[Effect, int] = field(default_factory=dict)
    """What was begun and not stopped, and how many steps had been recorded then."""
    orders: dict[Effect, Order] = field(default_factory=dict)
    harm_refused_at: datetime | None = None
    harm_taken_at: datetime | None = None
    """When a report of significant harm could not be taken last, and when one was taken last."""

    @property
    def steps(self) -> list[Step | None]:
        """Those that count, at their places."""
        return [None if entry.late else entry.step for entry in self.facts.steps]

    def said(self, kind: type[S] | tuple[type[S], ...], child: str | None = None, *, here: bool = False) -> list[S]:
        """Every step of a kind, oldest first: that names the child; or since the transfer goes to this service."""
        start = self.place(ChangeService) if here else 0
        return [step for step in self.steps[start:] if isinstance(step, kind) and step.names(child)]

    def last(self, kind: type[S], child: str | None = None, *, here: bool = False) -> S | None:
        return next(reversed(self.said(kind, child, here=here)), None)

    def place(self, kind: type[Step], child: str | None = None) -> int:
        """How many steps there are up to the last one of this kind."""
        places = (place for place, step in enumerate(self.steps, 1) if isinstance(step, kind) and step.names(child))
        return max(places, default=0)

    def set_out(self, *effects: Effect) -> None:
        """The machine begins them, or goes about them again."""
        decided = {child: said for child in self.children if (said := self.decided(child))}
        order = Order(len(self.steps), decided, self.passed_on - self.between_services, self.who_takes_over())
        for effect in effects:
            assert effect not in self.ended, "nothing is done twice"
            self.began.setdefault(effect, order.place)
            self.orders[effect] = order

    @property
    def ended(self) -> set[Effect]:
        return {result.effect for result in self.facts.effects}

    @property
    def happened(self) -> set[Effect]:
        return {result.effect for result in self.facts.effects if result.ended is not Ended.SKIPPED}

    @property
    def service(self) -> str:
        change = self.last(ChangeService)
        return change.service_ref if change else self.facts.request.service_ref

    @property
    def by_mail(self) -> bool:
        return self.service in self.without_mosaic

    @property
    def children(self) -> set[str]:
        """Those of the start, and those added whom no person skipped because another transfer holds them."""
        skipped = {effect.child for effect in self.ended - self.happened if effect.kind is EffectKind.RESERVE_CHILD}
        added = {step.child_ref for step in self.said(AddChild)}
        return {child.ref for child in self.facts.request.children} | (added - skipped)

    @property
    def asked_about(self) -> set[str]:
        """The children of whom people are asked what becomes, as the service did not accept them."""
        items = (item for item in self.facts.open_attention if item.problem not in DECIDED_ANEW)
        return {item.child for item in items if item.child is not None}

    @property
    def between_services(self) -> set[str]:
        """Those, and whom nobody saw and the manager took back."""
        return self.asked_about | set(filter(self.is_taken_back, self.decided_so(TRANSFER)))

    def first_contact(self, child: str) -> ChildFirstContact | ChildNotSeen | None:
        """What the service said last of it since it was closed, or what the manager said of exactly that.

        Of a silence, only what they said after the start that was agreed last.
        """
        closing = self.closing(child)
        since = self.steps[self.began[closing] :] if closing in self.ended else []
        said = [one for one in since if isinstance(one, RecordFirstContact) and one.names(child)][-1:]
        of = said[0].step_id if said else None
        silent = max(self.place(AgreeStart, child) - self.began.get(closing, 0), 0) if of is None else 0
        acts = [one for one in since[silent:] if isinstance(one, DecideFirstContact) and one.names(child)]
        acts = [one for one in acts if one.of == of]
        return next((one for step in (*acts[-1:], *said) for one in step.children if one.ref == child), None)

    def is_taken_back(self, child: str) -> bool:
        said = self.first_contact(child)
        return isinstance(said, ChildNotSeen) and said.decision is Unseen.REOPEN

    @property
    def harm(self) -> dict[str, ReportsHarm]:
        """The reports of significant harm by the step that said each first, as it was said last."""
        reports: dict[str, ReportsHarm] = {}
        for report in filter(reports_harm, self.said(ReportsHarm)):
            older = [one.step_id for one in self.versions(report)[1:]]
            first = (n for n, said in reports.items() if said.step_id in older)
            reports[next(first, report.step_id)] = report
        return reports

    def is_said_who_was_spoken_to(self, report: ReportsHarm) -> bool:
        """There, or of the same children since."""
        children, day = set(report.at_risk), timedelta(days=1)
        calls = [(one.spoken_to.at, one.at_risk) for one in self.harm.values() if one.spoken_to]
        since = report.occurred_at - (day if isinstance(report, AcknowledgeTransfer) else timedelta(0))
        later = any(at >= since and children <= set(named) for at, named in calls)
        noticed = min(one.occurred_at for one in self.versions(report))
        itself = report.spoken_to is not None and report.spoken_to.at >= noticed - day
        outcomes = [one for one in self.said(RecordHarmOutcome) if one.said_at >= report.occurred_at]
        heard = {child for one in outcomes for child in one.children_named()}
        return later or itself or children <= heard

    def versions(self, report: ReportsHarm) -> list[ReportsHarm]:
        """The report, and those in whose place it has come."""
        said = [step for step in self.steps if step is not None]
        place = next((n for n, step in enumerate(said) if step.step_id == report.step_id), len(said))
        before = [one for one in self.said(ReportsHarm) if one.step_id == report.corrects and omits_none(report, one)]
        before += [one for one in said[max(place - 1, 0) : place] if report.corrects is None and repeats(report, one)]
        return [report, *(older for one in before for older in self.versions(one))]

    @property
    def harm_place(self) -> int:
        """How many steps there are up to the last report that says something new."""
        return max((n for n, step in enumerate(self.steps, 1) if self.is_new_report(step)), default=0)

    def is_new_report(self, step: Step | None) -> bool:
        """It does not only add something to an earlier one about the same children."""
        if not reports_harm(step):
            return False
        before = [one for one in self.said(ReportsHarm) if one.step_id == step.corrects]
        before += self.versions(step)[1:]
        return not any({*step.at_risk} <= {*one.at_risk} for one in before)

    def came_to(self, child: str) -> RecordHarmOutcome | None:
        """The last word on the child since then."""
        since = [step for step in self.steps[self.harm_place :] if isinstance(step, RecordHarmOutcome)]
        return next((step for step in reversed(since) if step.names(child)), None)

    def came_to_nothing(self, child: str) -> bool:
        step = self.came_to(child)
        return step is not None and all(one.comes_to_nothing for one in step.children if one.ref == child)

    def stays(self, child: str) -> bool:
        step = self.last(RecordDecisions, child)
        return step is not None and not step.closes(child)

    def cleared(self, child: str) -> bool:
        """It came to nothing, the manager says so, and Mosaic was asked since."""
        step = self.came_to(child)
        acts = [act for act in self.said(Authorise) if step and act.of == step.step_id and act.names(child)]
        if step is None or not self.came_to_nothing(child) or self.stays(child) or not acts or not acts[-1].granted:
            return False
        asked = [n for n, one in enumerate(self.asking, 2) if one is step]
        look = Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=asked[0])
        silent = bool(self.facts.child(child).unsaid()) and acts[-1].because is None
        return look in self.ended and not silent

    @property
    def asking(self) -> list[Step]:
        """Because of what Mosaic is asked, after the first time."""
        return [step for step in self.steps if step is not None and _asks_mosaic(step)]

    def goes_on(self, child: str) -> bool:
        """It is cleared, or was added since."""
        added = [step.child_ref for step in self.steps[self.harm_place :] if isinstance(step, AddChild)]
        return self.cleared(child) or child in added

    @property
    def stopped(self) -> bool:
        """Until somebody is cleared, and it is settled what becomes of everybody."""
        if not self.harm:
            return False
        told = all(map(self.is_said_who_was_spoken_to, self.harm.values()))
        return not (told and any(map(self.cleared, self.children)) and all(map(self._settled, self.children)))

    def _settled(self, child: str) -> bool:
        word = self.came_to(child) is not None and not self.came_to_nothing(child)
        return self.stays(child) or (self.is_closed(child) and word) or self.goes_on(child)

    @property
    def open_to_early_help(self) -> bool:
        return self.facts.request.criteria.met and not self.said(Cancel) and not self.stopped

    def family_says(self, child: str, *, here: bool = False) -> bool | None:
        """The family's last word, to this service or to whichever; None where it said nothing.

        Both parents hold responsibility: one suffices, and a child who can say no has not; where the other one objects,
        the manager has let it go on.
        """
        words = self.said((RecordConsent, WithdrawConsent), child, here=here)
        if not words or isinstance(words[-1], WithdrawConsent):
            return False if words else None
        [said] = [said for said in words[-1].children if said.ref == child]
        answers = {one.answer for one in said.holders}
        goes_on = HolderAnswer.REFUSED not in answers or self.manager_says(words[-1], child) is True
        return HolderAnswer.AGREED in answers and said.voice.agreed is not False and goes_on

    def refused_in(self, child: str) -> RecordConsent | None:
        """Where the family or the child said no, to whichever service, and has said nothing else since."""
        last = self.last(RecordConsent, child)
        [said] = [one for one in last.children if one.ref == child] if last else [None]
        nobody = said is not None and HolderAnswer.AGREED not in {one.answer for one in said.holders}
        return last if said is not None and (nobody or said.voice.agreed is False) else None

    def basis_of(self, child: str) -> tuple[RecordSharingBasis, ChildSharing] | None:
        """On what this service is told of the child, where somebody has said it."""
        steps = [step for step in self.said(RecordSharingBasis, child) if step.service_ref == self.service]
        said = [(step, one) for step in steps for one in step.children if one.ref == child and one.agency is None]
        return said[-1] if said else None

    def withheld(self, child: str) -> bool:
        found = self.basis_of(child)
        return found is not None and found[1].basis is Basis.NOT_SHARED

    def shares(self, child: str, what: str) -> bool:
        """It was agreed that this is shared, and consent stands; or a power lets it go, and the manager agrees."""
        if self.withheld(child):
            return False
        found = self.basis_of(child)
        if found is not None and what in found[1].shares and self.manager_says(found[0], child) is True:
            return True
        answer = self.last(RecordConsent, child)
        said = [one.may_share for one in answer.children if one.ref == child] if answer else []
        return self.consents(child) and any(what in shared for shared in said)

    def consents(self, child: str) -> bool:
        """Consent stands that names this service."""
        answer = self.last(RecordConsent, child)
        return self.family_says(child, here=True) is True and answer is not None and answer.service_ref == self.service

    def agreed(self, child: str) -> bool:
        """The conversation with this service agreed the child, and no later one found it all inappropriate."""
        agreed = False
        for talk in self.said(RecordContactConversation, here=True):
            agreed = talk.appropriate and next((one.agreed for one in talk.children if one.ref == child), agreed)
        return agreed

    def accepted(self, child: str) -> bool | None:
        answer = self.last(AcknowledgeTransfer, child, here=True)
        return next((one.accepted for one in answer.children if one.ref == child), None) if answer else None

    def who_takes_over(self) -> dict[str, str | None]:
        return {child: self.practitioner(child) for child in self.passed_on}

    def practitioner(self, child: str) -> str | None:
        """Who takes the child over; an interim contact only with the manager's act."""
        named = (one for one in reversed(self.said(NameLeadPractitioner, here=True)) if one.names(child))
        counts = (one for one in named if one.interim_until is None or self.manager_says(one, child) is True)
        return next((one.practitioner for one in counts), None)

    def decided(self, child: str) -> Decision | None:
        """The last decision, unless something spoke against it before social work began to close the child."""
        closing = self.closing(child)
        places = [n for n, step in enumerate(self.steps, 1) if isinstance(step, RecordDecisions) and step.names(child)]
        if closing:  # what the manager did not let pass leaves what the child was closed on
            places = [n for n in places if self.manager_says(self.facts.steps[n - 1].step, child) is not False]
        place = max(places, default=0)
        if not place or self.manager_says(self.facts.steps[place - 1].step, child) is False:
            return None
        [one] = [one for one in self.facts.steps[place - 1].step.children if one.ref == child]
        said, without = one.decision, one.ended_without_conference
        refused = self.refused_in(child)
        changes_risk = refused is not None and self.manager_says(refused, child) is False
        last = self.facts.steps[place - 1].step
        nothing_to_share = said is TRANSFER and self.withheld(child)
        stopped = bool(self.harm) and (self.stopped or not self.goes_on(child))
        speaks_against = stopped or changes_risk or nothing_to_share or (without and self.word_on_end(last) is False)
        not_ended = self.facts.request.plan_type is PlanType.CHILD_PROTECTION and not self.plan_has_ended(child)
        if (speaks_against or not_ended) and said is not STAYS and not closing:
            return None
        since = self.steps[place : self.began[closing] if closing else None]
        protected = self.facts.request.plan_type is PlanType.CHILD_PROTECTION
        if protected:  # a conference counts also where it was recorded when another child was being closed
            since = [entry.step for entry in self.facts.steps][place : self.began[closing] if closing else None]
        return (
            None
            if any(
                (not reports_harm(step) or self.is_new_report(step))
                and _undoes(step, child, said, protected=protected and not (without and without >= step.day))
                for step in since
            )
            else said
        )

    def manager_says(self, step: Step, child: str | None = None) -> bool | None:
        """Of what was recorded: yes where they did so themselves; None where they have said nothing."""
        acts = [act.granted for act in self.said(Authorise) if act.of == step.step_id and act.names(child)]
        return True if step.actor.role is Role.TEAM_MANAGER else next(reversed(acts), None)

    def decided_so(self, *decisions: Decision | None) -> set[str]:
        return {child for child in self.children if self.decided(child) in decisions}

    @property
    def passed_on(self) -> set[str]:
        """The children who pass to Early Help, and for whom consent stands."""
        return set(filter(self.consents, self.decided_so(TRANSFER)))

    def closing(self, child: str) -> Effect | None:
        """The last that was begun, unless social work reopened the child's case since."""
        last = max((e for e in self.began if (e.kind, e.child) == (CLOSE, child)), key=self.began.get, default=None)
        return None if last is None or child in self.reopened(self.began[last]) else last

    def reopened(self, since: int) -> set[str]:
        """The closed children whose cases social work reopened after so many steps."""
        return {child for entry in self.facts.steps[since:] for child in entry.reopens}

    def is_closed(self, child: str) -> bool:
        return self.closing(child) in self.ended

    def silence(self, child: str) -> list[Alert]:
        """Those by which people were told that the service does not answer for the child."""
        alerts = (alert for alert in self.facts.alerts if alert.kind is ClockKind.ACKNOWLEDGEMENT)
        return [alert for alert in alerts if child in map(about, alert.clocks)]

    def turned_down(self, child: str) -> bool:
        """A conversation with this service said something of the child, or found all inappropriate, and agreed not."""
        talks = self.said(RecordContactConversation, here=True)
        spoken_of = bool(talks) and (not talks[-1].appropriate or any(talk.names(child) for talk in talks))
        return spoken_of and not self.agreed(child)

    def talked_about(self, child: str) -> bool:
        """The managers have talked since the service said no, or people were told that it says nothing.

        Whom the manager takes back nobody has to be talked about, unless the service says no afterwards.
        """
        if self.stopped or (self.is_taken_back(child) and self.accepted(child)):
            return True
        place = self.place(RecordManagementConversation)
        told = max((alert.raised_at for alert in self.silence(child)), default=self.facts.opened_at)
        return place > self.place(AcknowledgeTransfer, child) and told <= self.facts.steps[place - 1].accepted_at

    def letters(self) -> tuple[Letter, ...]:
        """The last that were approved, unless the transfer was turned away since."""
        approved, since = self.last(ApproveLetters), self.steps[self.place(ApproveLetters) :]
        return () if approved is None or any(isinstance(step, TURNS) for step in since) else approved.letters

    def agencies_may_read(self, child: str) -> bool:
        """Consent stands for the child; or universal services are enough for it, and the family did not say no."""
        enough = child in self.decided_so(Decision.UNIVERSAL_ONLY)
        return self.consents(child) or (enough and self.family_says(child) is not False)

    def documents(self) -> dict[str, Document]:
        """Those of the start, and of children who were added, by reference."""
        added = [document for step in self.said(AddChild) for document in step.documents]
        return {document.ref: document for document in (*self.facts.request.documents, *added)}

    def about(self, ref: str) -> frozenset[str]:
        """The children whom a document is about: its own, or all who have none of its kind of their own."""
        this = self.documents()[ref]
        of_others = {child for one in self.documents().values() if one.kind is this.kind for child in one.about}
        return this.about or frozenset(self.children - of_others)

    def papers(self, child: str | None = None) -> list[RecordFamilySharing | None]:
        """How the family saw each document last; None while neither it agreed, nor the manager to going on without."""
        here = [ref for ref in self.documents() if child in {None, *self.about(ref)} and self.about(ref)]
        parts = dict.fromkeys((self.documents()[ref].kind, self.about(ref)) for ref in here)
        said = self.said(RecordFamilySharing)
        seen = {(self.documents()[one.document_ref].kind, self.about(one.document_ref)): one for one in said}
        last = [seen.get(part) for part in parts]
        goes_on = [one and (one.agreed_as_basis or (one.without_it and self.manager_says(one))) for one in last]
        return [one if settled else None for one, settled in zip(last, goes_on, strict=True)]

    def basis(self) -> dict[Effect, RecordFamilySharing]:
        """Each document that the family agreed to, without what other people's privacy forbids, and how it would go."""
        kind, to = DOCUMENTS[self.by_mail], self.service
        agreed = [one for one in self.papers() if one and one.agreed_as_basis and one.cleared_of_third_parties]
        return {Effect(kind=kind, document=one.document_ref, version=one.version, service=to): one for one in agreed}

    def agreeing(self, document: str) -> set[str]:
        """The children whom it is about, for whom it was agreed that it is shared, and who may pass on."""
        return self.sharing(document) & self.decided_so(None, TRANSFER) & self.about(document)

    def sharing(self, document: str) -> set[str]:
        """The same, whatever was decided of them."""
        kind = self.documents()[document].kind
        return {child for child in self.children if self.shares(child, kind)}

    def held_back(self) -> set[Effect]:
        """What was agreed for some of the children, while others are in it."""
        to_some = {e: one for e, one in self.basis().items() if self.agreeing(one.document_ref)}
        allowed = {e: self.sharing(one.document_ref) | set(one.without_children) for e, one in to_some.items()}
        return {e for e in to_some if not self.children <= allowed[e]}

    def agreed_versions(self) -> set[Effect]:
        """What may go: agreed for a child, and nobody else is in it."""
        return {e for e, one in self.basis().items() if self.agreeing(one.document_ref)} - self.held_back()

    def service_has_the_papers(self, child: str) -> bool:
        theirs = {one for one in self.agreed_versions() if one.document and child in self.about(one.document)}
        return all(self.papers(child)) and theirs <= self.happened

    def to_tell(self) -> set[Effect]:
        """Whoever knew is told of what turned the transfer away."""
        told = [(entry.tells, entry.step.step_id) for entry in self.facts.steps if entry.tells]
        return {Effect(kind=EffectKind.TELL_SERVICE, service=service, step=step) for service, step in told}

    def request(self) -> Effect:
        """The service is asked again once it was told of a change."""
        told = sum(1 for effect in self.to_tell() if effect.service == self.service)
        return Effect(kind=EffectKind.REQUEST_CONVERSATION, service=self.service, time=told + 1)

    def service_knows(self) -> bool:
        """It has a document; or it was asked, or answered, since it was told of a change last."""
        looked_up = {effect.step for effect in self.happened if effect.kind is EffectKind.LOOK_UP_SERVICE}
        sent = {effect for effect in self.began if effect.kind in DOCUMENTS and effect.service == self.service}
        known = {step.step_id for step in self.said(ChangeService)[-1:]} <= looked_up
        return known and (bool(sent or self.said(ANSWERS, here=True)) or self.request() in self.began)

    def service_was_asked(self) -> bool:
        """Or has talked with us; and whoever was to be told of a change is told."""
        asked = self.request() in self.happened or bool(self.said(RecordContactConversation, here=True))
        return asked and self.to_tell() <= self.ended

    def meetings(self) -> list[list[RecordFinalMeeting]]:
        """The final meetings that were held, each as it was said first and anew."""
        held: dict[str, list[RecordFinalMeeting]] = {}
        first: dict[str | None, str] = {}
        for step in self.said(RecordFinalMeeting):
            first[step.step_id] = first.get(step.corrects, step.step_id)
            held.setdefault(first[step.step_id], []).append(step)
        return list(held.values())

    def date(self, message: Effect) -> ScheduleFinalMeeting:
        return next(date for date in self.said(ScheduleFinalMeeting) if date.step_id == message.step)

    def is_over(self, date: ScheduleFinalMeeting) -> bool:
        return date.meeting_at is not None and date.meeting_at + timedelta(minutes=date.minutes) <= self.facts.newest

    def sent_about_dates(self) -> list[EffectResult]:
        """The invitations that were sent, or may have been, and their being cancelled."""
        results = (*self.facts.effects, *(result for result in self.facts.stopped if result.may_have_been_sent))
        return [one for one in results if one.effect.kind in {INVITE, CANCEL} and one.ended is not Ended.SKIPPED]

    def left_in_calendars(self) -> set[Effect]:
        """The invitations that may stand in a calendar, to a meeting that neither took place on its day nor is over.

        Of each meeting, a calendar takes the message of the highest number; what may have been cancelled may stand. One
        that was brought forward is left once its hour has come, unless another date took its place.
        """
        sure = [sent for sent in self.sent_about_dates() if sent.effect.kind is INVITE or not sent.may_have_been_sent]
        in_order = sorted((sent.effect for sent in sure), key=partial(sequence, self.facts))
        stands = {(e.service, e.occasion): e for e in in_order}.values()
        held = [said[-1] for said in self.meetings()]
        dates = {effect: self.date(effect) for effect in stands if effect.kind is INVITE}
        gone = {e for e, d in dates.items() if self.is_over(d) or any(on_the_day(d, said) for said in held)}
        begun = {e for e, d in dates.items() if d.meeting_at is not None and d.meeting_at <= self.facts.newest}
        last = {e for e in begun if dates[e] == self.last(ScheduleFinalMeeting)}
        early = {e for e in last if any(before_the_day(dates[e], said) for said in held)}
        return {*dates} - gone - early

    def somebody_unheard(self) -> bool:
        """No meeting has come to an answer about a child who may still pass on."""
        open_still = [child for child in self.children if self.decided(child) in {None, Decision.TRANSFER}]
        said = {child: self.last(RecordFinalMeeting, child) for child in open_still}
        answers = {
            child: next((one.outcome for one in step.children if one.ref == child), None)
            for child, step in said.items()
            if step is not None
        }
        return any(answers.get(child) in {None, MeetingOutcome.ADJOURNED} for child in open_still)

    def plan_has_ended(self, child: str) -> bool:
        """The last conference said of the child that nobody has to protect it any more; or none was needed since."""
        records = [entry.step for entry in self.facts.steps if isinstance(entry.step, RecordFinalMeeting)]
        said = [(step, one) for step in records for one in step.children if one.ref == child]
        without = _ended_without(self.last(RecordDecisions, child), child)
        if without is not None and all(step.day <= without for step, _ in said):
            return True
        return bool(said) and ends_plan(said[-1][1]) and bool(self._stood_for(said[-1][0]))

    def end_is_confirmed(self, child: str) -> bool:
        """Where its plan ended without a conference, the conference manager says so, too."""
        last = self.last(RecordDecisions, child)
        return _ended_without(last, child) is None or (last is not None and self.word_on_end(last) is True)

    def word_on_end(self, decided: Step) -> bool | None:
        """The conference manager's last word on it; None where they have said nothing."""
        words = (e.step for e in self.facts.steps if e.step.actor.role is Role.CONFERENCE_MANAGER and not e.late)
        said = {getattr(word, "of", None): getattr(word, "granted", False) for word in words}
        return said.get(decided.step_id)

    def _stood_for(self, meeting: RecordFinalMeeting) -> list[int]:
        """Where the chair recorded or confirmed it; but for a conference, the manager may, too."""
        protected = self.facts.request.plan_type is PlanType.CHILD_PROTECTION
        may = {Role.CHAIR} if protected else {Role.CHAIR, Role.TEAM_MANAGER}
        said = [(place, entry.step) for place, entry in enumerate(self.facts.steps) if entry.step.actor.role in may]
        return [n for n, step in said if step is meeting or getattr(step, "of", None) == meeting.step_id]

    def _talked_before(self, child: str, place: int) -> bool:
        """This service had talked over the child when that was recorded."""
        talks = [step for step in self.steps[:place] if isinstance(step, RecordContactConversation)]
        here = self.facts.steps[place].service_ref == self.service
        return here and any(talk.names(child) for talk in talks)

    def agreed_at_meeting(self, child: str) -> bool:
        """The last one said so, to which this service was invited after they had talked; or it was confirmed for it."""
        last = self.last(RecordFinalMeeting, child)
        if last is None or any(one.outcome is not MeetingOutcome.AGREED for one in last.children if one.ref == child):
            return False
        if any(self._talked_before(child, place) for place in self._stood_for(last)):
            return True
        dates = [date for date in self.said(ScheduleFinalMeeting) if date.occurred_at < last.occurred_at][-1:]
        sent = [one.effect for one in self.sent_about_dates() if one.at <= last.occurred_at]
        invited = [e.kind for e in sent for date in dates if (e.service, e.step) == (self.service, date.step_id)]
        talks = self.said(RecordContactConversation, child, here=True)
        corrected = {talk.corrects for talk in talks}
        talked = any(talk.occurred_at <= last.occurred_at for talk in talks if talk.step_id not in corrected)
        return talked and invited[-1:] == [INVITE] and on_the_day(dates[-1], last)

    def went_to(self, step_id: str | None) -> str:
        """The service that the transfer went to when the step was recorded."""
        return next(entry.service_ref for entry in self.facts.steps if entry.step.step_id == step_id)

    def read_of(self, said: list[RecordFinalMeeting]) -> tuple[datetime, dict[str, MeetingOutcome]]:
        """When a meeting was, and what it said of the children of whom the service may read."""
        outcomes = {child.ref: child.outcome for step in said for child in step.children}
        may_read = {c: o for c, o in outcomes.items() if self.consents(c) and not self.turned_down(c)}
        return said[-1].occurred_at, may_read


def _undoes(step: Step | None, child: str, decision: Decision, *, protected: bool) -> bool:
    """What was decided for the child before this step counts no more."""
    match step:
        case ReportsHarm() if reports_harm(step):
            return decision is not STAYS
        case Cancel() | ChangeService():
            return decision is TRANSFER
        case WithdrawConsent():
            return decision is TRANSFER and step.names(child)
        case RecordFinalMeeting():
            # What does not end a Child Protection plan speaks against every closing.
            goes_on = protected and decision is not STAYS
            spoken_of = [one for one in step.children if one.ref == child]
            return not all(one.lets(decision) and (ends_plan(one) or not goes_on) for one in spoken_of)
        case _:
            return False


def _ended_without(decided: RecordDecisions | None, child: str) -> date | None:
    """When its plan ended without a conference, as this says."""
    said = [one.ended_without_conference for one in decided.children if one.ref == child] if decided else []
    return next(iter(said), None)


def ends_plan(said: ChildAtMeeting) -> bool:
    """Said of the plan itself, or following from what becomes of the transfer."""
    return said.outcome in ENDS_PLAN if said.plan is None else said.plan is PlanOutcome.ENDS


def before_the_day(date: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    """Held since the date was set, on a day before it, in London."""
    since = date.meeting_at is not None and date.occurred_at < meeting.occurred_at
    return since and meeting.day < date.meeting_at.astimezone(LONDON).date()


def on_the_day(date: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    """For which it had been scheduled."""
    days = [at.astimezone(LONDON).date() for at in (date.meeting_at, meeting.occurred_at) if at is not None]
    return date.occurred_at < meeting.occurred_at and days[:1] == days[1:]


def _asks_mosaic(step: Step) -> bool:
    match step:
        case AddChild():
            return True
        case RecordDecisions():
            return any(said.decision.closes for said in step.children)
        case RecordHarmOutcome():
            return any(said.comes_to_nothing for said in step.children)
        case _:
            return False


def reports_harm(step: Step | None) -> bool:
    """A report, or a service's answer that a child is declined for a new risk."""
    return isinstance(step, ReportsHarm) and bool(step.at_risk)


def repeats(newer: ReportsHarm, older: Step) -> TypeGuard[ReportsHarm]:
    """It says the very same, by the same person."""
    but = {"step_id", "occurred_at"}
    return reports_harm(older) and older.model_dump(exclude=but) == newer.model_dump(exclude=but)


def omits_none(newer: ReportsHarm, older: ReportsHarm) -> bool:
    """It speaks of each child of whom the older one said that there is a risk."""
    return bool(older.at_risk) and {*older.at_risk} <= {*newer.at_risk}


def like(effect: Effect, kind: EffectKind) -> Effect:
    """An effect of another kind, about the same."""
    return Effect.model_validate({**effect.model_dump(), "kind": kind})


def about(clock: str) -> str:
    return clock.split("/")[1]
