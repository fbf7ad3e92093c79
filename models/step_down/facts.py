"""The facts of one step-down: the children, the service, and what was said of the transfer as a whole."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import ClassVar, NamedTuple

from models.attention import CHILD_NOT_HERE, KEPT_OPEN, NEWER_VERSION, PLAN_GOES_ON, Attention
from models.effects import Effect, Ended
from models.journey.in_social_work import FactsInSocialWork
from models.journey.linked import newly_named
from models.journey.recorded import RecordedStep
from models.journey.remembered import remembered
from models.journey.steps import Cancel, ReportsHarm, ReportSignificantHarm, Step
from models.kinds import EffectKind
from models.mosaic import DocumentVersion
from models.services import EarlyHelpService
from models.step_down.child import Child
from models.step_down.family import Family
from models.step_down.start import PAPERS, Document, DocumentKind, PlanType, Route, StepDownRequest
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    Letter,
    RecordFamiliesFirstNotification,
)
from models.step_down.steps.consent import RecordConsent, RecordExploration, WithdrawConsent
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import (
    Decision,
    NameLeadPractitioner,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.every import AnyStep
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import RecordFinalMeeting
from models.step_down.steps.first_contact import AgreeStart, DecideFirstContact, RecordFirstContact
from models.step_down.steps.sharing import RecordFamilySharing
from models.step_down.steps.transfer import AddChild, ChangeService
from models.step_down.stop import stops
from models.vocabulary import Role


class Recorded(RecordedStep):
    """A step of a step-down as it was recorded."""

    step: AnyStep
    tells: str | None = None
    """The service that has to be told of it, by reference."""
    reopens: tuple[str, ...] = ()
    """The closed children whose cases social work reopens with it."""
    retells: tuple[str, ...] = ()
    """The practitioners who were told before what keeps people safe, and read something else with it; by reference."""
    warns: tuple[str, ...] = ()
    """The practitioners who were written to, and are told that something of it does not hold any more; by reference."""
    on_its_way: tuple[Effect, ...] = ()
    """What was being sent then to those of them whom nothing had reached: they are told once that has left."""
    warns_service: str | None = None
    """The service that is told so, by reference."""
    joins: tuple[str, ...] = ()
    """The children who come with it to a practitioner who was written to before, of others; by reference."""
    closed: tuple[str, ...] = ()
    """Of a report of harm: the children whose cases social work had closed by then, or was closing; by reference."""
    after_letters: bool = False
    """It says what letters that had been sent did not: new ones are approved."""

    def turns(self, child: str | None) -> bool:
        """A withdrawal turns only the children that it names; a decision, only what letters said before it."""
        match self.step:
            case WithdrawConsent():
                return not self.late and self.step.names(child)
            case RecordDecisions() | NameLeadPractitioner():
                return not self.late and self.after_letters
            case _:
                return not self.late


class Paper(NamedTuple):
    """What the family sees for some of its children: one document, or a later one in its place (SD-38)."""

    kind: DocumentKind
    about: frozenset[str]
    """The children, by reference."""


class StepDownFacts(FactsInSocialWork):
    """Everything that a step-down knows."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]] = {
        RecordConsent: (ChangeService, WithdrawConsent),
        WithdrawConsent: (ChangeService,),
        AnswerRequest: (ChangeService,),
        RecordContactConversation: (ChangeService,),
        NameLeadPractitioner: (ChangeService,),
        ApproveLetters: (ChangeService, WithdrawConsent, Cancel, RecordDecisions, NameLeadPractitioner),
        AcknowledgeTransfer: (ChangeService,),
        AgreeStart: (ChangeService,),
        RecordFirstContact: (ChangeService,),
        DecideFirstContact: (ChangeService,),
        RecordFamiliesFirstNotification: (ChangeService,),
    }
    """SD-09a: another service, consent withdrawn, the end. Of decisions and practitioners, those that say what letters
    that were sent did not."""
    request: StepDownRequest
    steps: tuple[Recorded, ...] = ()

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """The children of this transfer: those of the start, then those that were added."""
        return tuple(map(self.child, self.child_refs))

    def child(self, ref: str) -> Child:
        """One child, with everything that is known of it."""
        return self._known_children.setdefault(ref, Child(self, ref))

    @cached_property
    def _known_children(self) -> dict[str, Child]:
        return {}

    @property
    @remembered
    def child_refs(self) -> tuple[str, ...]:
        """The children of this transfer, by reference."""
        return (*super().child_refs, *filter(self._belongs, self.added))

    @property
    def added(self) -> tuple[str, ...]:
        """The children that were to be added."""
        return tuple(step.child_ref for step in self.all_of(AddChild))

    def _belongs(self, added: str) -> bool:
        """A person has not skipped the added child because another transfer holds it."""
        reserved = self.result(Effect(kind=EffectKind.RESERVE_CHILD, child=added))
        return reserved is None or reserved.ended is not Ended.SKIPPED

    def may_name(self, step: Step, child: str) -> bool:
        """Harm is reported of the children of the transfer, and of those who were to be added.

        Who names one of them may have mistyped another: that one waits for nobody's correction.
        """
        if isinstance(step, ReportSignificantHarm) and not all(map(self.is_not_here, step.at_risk)):
            return True
        return child in self.child_refs

    def is_not_here(self, child: str) -> bool:
        """Neither in the transfer nor to be added: mistyped, or a child of others."""
        return child not in {*self.child_refs, *self.added}

    @property
    @remembered
    def harm_stands(self) -> bool:
        """SU-01, SD-39: until the team manager has lifted it, and it is settled what becomes of every child."""
        return stops(self)

    def act_on(self, step: Step, child: str | None = None) -> Authorise | None:
        """SD-23b: the manager's last act on this very step; with a child, on what it says of the child."""
        acts = (act for act in reversed(self.all_of(Authorise)) if act.of == step.step_id)
        return next((act for act in acts if act.names(child)), None)

    def granted(self, step: Step, child: str | None = None) -> bool:
        """SD-23b: the manager has authorised it, or recorded it themselves."""
        act = self.act_on(step, child)
        return step.actor.role is Role.TEAM_MANAGER or (act is not None and act.granted)

    def denied(self, step: Step, child: str | None = None) -> bool:
        """SD-23b: the manager has said no."""
        act = self.act_on(step, child)
        return act is not None and not act.granted

    def stands_for(self, meeting: RecordFinalMeeting) -> tuple[Recorded, ...]:
        """Where its chair recorded or confirmed a meeting; of a Child in Need review, also the manager (SD-23b)."""
        said = (entry for entry in self.steps if entry.step.actor.role in self.may_confirm)
        return tuple(entry for entry in said if entry.step is meeting or _confirms(entry.step, meeting))

    @property
    def chairs(self) -> tuple[str, ...]:
        """Who chaired the final meetings that nobody has confirmed, the newest first."""
        held = reversed(self.all_of(RecordFinalMeeting))
        return tuple(dict.fromkeys(meeting.chair for meeting in held if not self.stands_for(meeting)))

    @property
    def may_confirm(self) -> frozenset[Role]:
        """Who may confirm what a meeting said: of a conference its chair alone (SD-23b)."""
        protected = self.request.plan_type is PlanType.CHILD_PROTECTION
        return frozenset({Role.CHAIR} if protected else {Role.CHAIR, Role.TEAM_MANAGER})

    def word_on_end(self, decided: RecordDecisions) -> ConfirmMeeting | None:
        """SD-19a: the conference manager's last word on plans that ended without a conference, as this step says."""
        said = (step for step in reversed(self.all_of(ConfirmMeeting)) if step.of == decided.step_id)
        return next((step for step in said if step.actor.role is Role.CONFERENCE_MANAGER), None)

    def end_confirmed(self, decided: RecordDecisions) -> bool:
        """SD-19a: the conference manager has confirmed it."""
        word = self.word_on_end(decided)
        return word is not None and word.granted

    def end_denied(self, decided: RecordDecisions) -> bool:
        """SD-19a: the conference manager has said that the plan goes on."""
        word = self.word_on_end(decided)
        return word is not None and not word.granted

    def decided(self, decision: Decision) -> tuple[Child, ...]:
        """The children for whom this was decided."""
        return tuple(child for child in self.children if child.is_decided(decision))

    @property
    def all_decided(self) -> bool:
        """Whether every child has a decision."""
        return all(child.decision for child in self.children)

    @property
    def route(self) -> str:
        """Out of an assessment, or out of a plan (SD-04)."""
        return self.request.route

    @property
    def on_a_plan(self) -> bool:
        """The plan route (SD-04)."""
        return self.request.route is Route.PLAN

    @property
    @remembered
    def service_ref(self) -> str:
        """The service that the transfer goes to now."""
        changed = self.last_of(ChangeService)
        return changed.service_ref if changed else self.request.service_ref

    @property
    def service_look_up(self) -> Effect | None:
        """SD-06: the look for the service into the directory, since it was named in the place of another one."""
        changed = self.last_of(ChangeService)
        if changed is None:
            return None
        return Effect(kind=EffectKind.LOOK_UP_SERVICE, service=changed.service_ref, step=changed.step_id)

    @property
    def service(self) -> EarlyHelpService | None:
        """As the directory has it now: a service to which the transfer comes back may be reached otherwise since."""
        return super().service if self.ended(self.service_look_up) else None

    @property
    @remembered
    def family(self) -> Family | None:
        """SD-09c: the people of the family, as they were recorded last: with the start, or since."""
        return self.last_of(RecordFamily) or self.request.family

    @property
    def exploration(self) -> RecordExploration | None:
        """SD-05."""
        return self.last_of(RecordExploration)

    @property
    def documents(self) -> tuple[Document, ...]:
        """Those of the start, and of the children who were added."""
        added = (step for step in self.all_of(AddChild) if step.child_ref in self.child_refs)
        return (*self.request.documents, *(document for step in added for document in step.documents))

    @property
    def kinds_of_papers(self) -> tuple[DocumentKind, ...]:
        """What the family sees on this route, and the service gets."""
        return PAPERS[self.request.route]

    @property
    @remembered
    def papers(self) -> tuple[Paper, ...]:
        """SD-38: of each kind, those for children who have their own, then the one for all others."""
        return tuple(paper for kind in self.kinds_of_papers for paper in self._papers_of(kind))

    def _papers_of(self, kind: DocumentKind) -> Iterator[Paper]:
        own = list(dict.fromkeys(one.about for one in self.documents if one.kind is kind and one.children))
        others = frozenset(self.child_refs).difference(*own)
        for about in (*own, *([others] if others else [])):
            yield Paper(kind, about)

    @remembered
    def paper(self, document: str) -> Paper | None:
        """For which children a document of this transfer is, and of which kind; None where it is none."""
        known = next((one for one in self.documents if one.ref == document), None)
        if known is None:
            return None
        own = {one.about for one in self.documents if one.kind is known.kind and one.children}
        of_kind = (paper for paper in self.papers if paper.kind is known.kind)
        for_others = (paper for paper in of_kind if paper.about not in own)
        return Paper(known.kind, known.about) if known.children else next(for_others, None)

    @remembered
    def shared(self, paper: Paper | None) -> RecordFamilySharing | None:
        """SD-10, SD-15: how the family saw it last, in whichever document."""
        said = self.all_of(RecordFamilySharing) if paper is not None else []
        return next((step for step in reversed(said) if self.paper(step.document_ref) == paper), None)

    def has_seen(self, document: DocumentVersion) -> bool:
        """The family saw this version of the document last, or a newer one; or another document in its place.

        What it saw too late to count, it has seen.
        """
        said = (entry.step for entry in self.steps if isinstance(entry.step, RecordFamilySharing))
        seen = [step.version for step in said if step.document_ref == document.ref]
        counts = self.shared(self.paper(document.ref))
        in_its_place = counts is not None and counts.document_ref != document.ref
        return in_its_place or (bool(seen) and seen[-1] >= document.version)

    @property
    def request_answer(self) -> AnswerRequest | None:
        """SD-07: what the contact of this service answered to the request."""
        return self.last_of(AnswerRequest)

    @property
    def conversation(self) -> RecordContactConversation | None:
        """SD-07: the last conversation with the contact of this service."""
        return self.last_of(RecordContactConversation)

    @property
    def management_conversation(self) -> RecordManagementConversation | None:
        """SD-29: the last one."""
        return self.last_of(RecordManagementConversation)

    @property
    def families_first(self) -> RecordFamiliesFirstNotification | None:
        """SD-26."""
        return self.last_of(RecordFamiliesFirstNotification)

    @property
    def letters(self) -> tuple[Letter, ...] | None:
        """SD-33; None until they are approved."""
        approved = self.last_of(ApproveLetters)
        return approved.letters if approved else None

    @property
    @remembered
    def deliveries(self) -> tuple[RecordDelivery, ...]:
        """SD-33b: the records that letters were posted or handed over, as far as none was put in their place."""
        said = self.all_of(RecordDelivery)
        corrected = {step.corrects for step in said}
        return tuple(step for step in said if step.step_id not in corrected)

    @property
    @remembered
    def delivered(self) -> frozenset[str]:
        """SD-33b: the letters that were posted or handed over, by id."""
        return frozenset(letter.letter_id for step in self.deliveries for letter in step.letters)

    @property
    @remembered
    def parts_said(self) -> dict[tuple[str, str, str], bool]:
        """SD-31: whether what a document says of a child was given to a practitioner; each by reference."""
        said = (one for step in self.deliveries for one in step.documents)
        return {about: one.by_whom is not None for one in said for about in one.about}

    def letter(self, letter_id: str | None) -> Letter:
        """A letter in the last form that was approved."""
        approved = [entry.step.letters for entry in self.steps if isinstance(entry.step, ApproveLetters)]
        return next(letter for letters in reversed(approved) for letter in letters if letter.letter_id == letter_id)

    def to_refer(self, report: ReportsHarm) -> tuple[str, ...]:
        """SD-39: the children of whom it is the first to say it, and whose cases social work had closed by then."""
        entry = self.entry(report.step_id)
        had_left = entry.closed if isinstance(entry, Recorded) else ()
        named = (child for child in newly_named(self, report) if child in had_left)
        return tuple(child for child in named if self.child(child).is_closed)

    def keeps_open(self, child: str) -> bool:
        """SD-19a, SD-19b: its closing does not come about."""
        return self.child(child).kept_open_now

    def is_still_so(self, item: Attention) -> bool:
        """Nor has a child that is kept open, on its plan or given back, nor a version that the family has not seen."""
        if item.problem == KEPT_OPEN and item.child is not None:
            return self.keeps_open(item.child)
        if item.problem == PLAN_GOES_ON and item.child is not None:
            return self.child(item.child).end_denied
        if item.problem == CHILD_NOT_HERE:
            return any(map(self.is_not_here, chain.from_iterable(report.at_risk for report in self.harm_reports)))
        if item.child is not None:
            newest = [one.id for one in self.raised if one.child == item.child and one.problem != KEPT_OPEN][-1]
            return item.id == newest and self.child(item.child).not_accepted
        if item.problem == NEWER_VERSION and item.document is not None:
            return not self.has_seen(item.document)
        return super().is_still_so(item)


def _confirms(step: Step, about: Step) -> bool:
    return isinstance(step, ConfirmMeeting) and step.granted and step.of == about.step_id
