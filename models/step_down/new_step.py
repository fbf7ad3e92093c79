"""A step in which everything that is known stands, and an empty place wherever somebody's word belongs.

What a person has to say, and which version or which letter they read, is never put there for them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.journey.missing import next_steps
from models.journey.new_step import NewStep, Offered, empty, of_the_service, places, somebody, written
from models.journey.steps import (
    PauseClock,
    Reassign,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    Step,
    step_name,
)
from models.kinds import RESPONSES
from models.step_down.child import Child
from models.step_down.direction import given_back, undecided, with_the_service
from models.step_down.facts import StepDownFacts
from models.step_down.family import FamilyMember, Relation
from models.step_down.first_contact import FirstContact, said_in, taken
from models.step_down.journey import STEP_DOWN
from models.step_down.new_harm import report_that_waits
from models.step_down.parts import Part as PartToGive
from models.step_down.parts import to_give
from models.step_down.reading import LettersAsked, to_print, to_read
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    ChildAcknowledgement,
    RecordFamiliesFirstNotification,
)
from models.step_down.steps.consent import ChildConsent, ChildVoice, RecordConsent, RecordExploration, WithdrawConsent
from models.step_down.steps.conversation import AgreedChild, AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import (
    ChildDecision,
    NameLeadPractitioner,
    Part,
    RecordAdviceSummary,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import ChildAtMeeting, ScheduleFinalMeeting
from models.step_down.steps.first_contact import (
    AgreeStart,
    ChildFirstContact,
    ChildNotSeen,
    DecideFirstContact,
    RecordFirstContact,
)
from models.step_down.steps.sharing import RecordFamilySharing, RecordSharingBasis
from models.vocabulary import LONDON, ChildRef, Role

OFFERED: Offered = {
    RecordExploration: ("asked", "needs", "agencies"),
    RecordFamilySharing: ("family_said",),
    RecordContactConversation: ("shared_understanding", "plan_needed", "children"),
    AnswerRequest: ("conversation_at",),
    ScheduleFinalMeeting: ("meeting_at", "place"),
    RecordFamiliesFirstNotification: ("notified_by",),
    RecordDelivery: ("letters", "documents"),
    Reassign: ("social_worker",),
    NameLeadPractitioner: ("children",),
    ReportSignificantHarm: ("spoken_to",),
    AcknowledgeTransfer: ("spoken_to",),
    ChildAcknowledgement: ("reason", "because"),
    ChildConsent: ("holders", "may_share"),
    ChildVoice: ("views",),
    AgreedChild: ("priorities", "realistic_start", "response"),
    ChildFirstContact: ("seen_by",),
    ChildNotSeen: ("review_on",),
    ChildAtMeeting: ("plan",),
    ChildDecision: ("address_known",),
    Part: ("text",),
    FamilyMember: ("contact",),
}
SPEAKS_FOR_THEMSELVES = 16
SERVICE = (Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE)


def new_step(facts: StepDownFacts, kind: type[Step]) -> NewStep:
    """The step, with everything that is known of this transfer."""
    named = CHILDREN[kind](facts) if kind in CHILDREN else facts.children
    said = places(facts, kind, OFFERED, (child.ref for child in named))
    if kind in FOR_THE_SERVICE:
        said["service_ref"] = facts.service_ref
    said |= KNOWN[kind](facts) if kind in KNOWN else {}
    return written(kind, _actor(facts, kind), said)


def _actor(facts: StepDownFacts, kind: type[Step]) -> dict[str, Any]:
    """Whoever is asked for it; the social worker is known, and whoever acts for others says who they are."""
    asked = {one.who for one in next_steps(STEP_DOWN, facts) if one.step == step_name(kind)}
    roles = kind.recorded_by & asked or kind.recorded_by
    if Role.SOCIAL_WORKER in roles:
        worker = {"id": facts.social_worker, "role": Role.SOCIAL_WORKER.value}
        return {**worker, "team": facts.social_work_team}
    service = next((role for role in SERVICE if role in roles), None)
    if service is not None:
        return of_the_service(facts, service)
    if Role.TEAM_MANAGER in roles:
        return {"id": None, "role": Role.TEAM_MANAGER.value, "team": facts.social_work_team}
    return somebody(roles)


FOR_THE_SERVICE = (RecordConsent, RecordSharingBasis)


def _agreed(facts: StepDownFacts) -> Iterable[Child]:
    return [child for child in undecided(facts) if child.agreement is not None and child.decision is None]


def _to_talk_over(facts: StepDownFacts) -> Iterable[Child]:
    """Of whom the conversation still has to answer; where it has for all, those whom it may be about."""
    may_be = [child for child in undecided(facts) if not child.cannot_pass] or facts.children
    return [child for child in may_be if child.to_talk_over] or may_be


def _seen_or_not(facts: StepDownFacts) -> Iterable[Child]:
    """Of whom the service can still say something: whom it took, and who was not seen yet."""
    return [child for child in facts.children if taken(child) and child.first_contact is not FirstContact.SEEN]


def _said_alike(facts: StepDownFacts) -> Iterable[Child]:
    """The children of whom the manager decides in one step: of whom the service said the same, or nothing."""
    waiting = [child for child in facts.children if child.first_contact in TO_DECIDE]
    return [child for child in waiting if said_in(child) == said_in(waiting[0])]


def _said_of_the_unseen(facts: StepDownFacts) -> dict[str, Any]:
    said = next((said_in(child) for child in _said_alike(facts)), None)
    return {"of": said.step_id} if said is not None else {}


TO_DECIDE = (FirstContact.FOR_MANAGER, FirstContact.REVIEW)


def _to_decide(facts: StepDownFacts) -> tuple[Child, ...]:
    return tuple(child for child in facts.children if child.decision is None)


def _decided_before(facts: StepDownFacts) -> dict[str, Any]:
    """Of the children who were given back, what is decided anew (SD-36)."""
    before = {child.decided_in.step_id for child in given_back(facts) if child.decided_in is not None}
    return {"corrects": before.pop()} if len(before) == 1 and not _to_decide(facts) else {}


def _without_practitioner(facts: StepDownFacts) -> Iterable[Child]:
    may_pass = [child for child in undecided(facts) if child.could_pass] or [*undecided(facts)]
    return [child for child in may_pass if child.practitioner is None] or may_pass


CHILDREN: Mapping[type[Step], Callable[[StepDownFacts], Iterable[Child]]] = {
    RecordContactConversation: _to_talk_over,
    NameLeadPractitioner: _without_practitioner,
    RecordAdviceSummary: _agreed,
    RecordDecisions: lambda f: _to_decide(f) or given_back(f),
    AcknowledgeTransfer: lambda f: [child for child in with_the_service(f) if child.acknowledgement is None],
    RecordFirstContact: _seen_or_not,
    AgreeStart: lambda f: [child for child in f.children if child.first_contact is FirstContact.NO_START],
    DecideFirstContact: _said_alike,
}
"""The children whom a step is usually about; of others it is about all."""


def _family(facts: StepDownFacts) -> dict[str, Any]:
    """As it was recorded; before that, whom Mosaic names, to be gone through with the family."""
    if facts.family is not None:
        return facts.family.model_dump(mode="json", exclude_defaults=True)
    return {
        "people": _named_in_mosaic(facts) or [empty(FamilyMember, OFFERED)],
        "children": [{"ref": child.ref, "born_on": _born(child)} for child in facts.children],
    }


def _named_in_mosaic(facts: StepDownFacts) -> list[dict[str, Any]]:
    people: dict[str, dict[str, Any]] = {}
    for child in facts.children:
        for known in (child.record.relationships if child.record else None) or ():
            person = people.setdefault(known.person_ref, {**empty(FamilyMember, OFFERED), "ref": known.person_ref})
            of_child = {**empty(Relation, OFFERED), "child": child.ref, "relation": known.relation}
            person["relations"] = [one for one in person["relations"] if one["child"]] + [of_child]
    return list(people.values())


def _born(child: Child) -> str | None:
    return child.record.born_on.isoformat() if child.record and child.record.born_on else None


def _exploration(facts: StepDownFacts) -> dict[str, Any]:
    named = [name for child in facts.children for name in (child.record.agencies if child.record else None) or ()]
    return {"agencies": list(dict.fromkeys(named)) or None}


def _consent(facts: StepDownFacts) -> dict[str, Any]:
    return {"children": [_child_consent(facts, child) for child in facts.children]}


def _child_consent(facts: StepDownFacts, child: Child) -> dict[str, Any]:
    """Whoever holds parental responsibility is asked, and the child as its age says; what they said stays open."""
    holders = facts.family.holders(child.ref) if facts.family else ()
    asked = [{"person": person.ref, "answer": None} for person in holders] or [{"person": None, "answer": None}]
    age = child.of_family.age_on(facts.opened_at.astimezone(LONDON).date()) if child.of_family else None
    grown = age is not None and age >= SPEAKS_FOR_THEMSELVES
    voice = {"kind": "own_consent", "agreed": None} if grown else {"kind": "views", "views": None}
    return {"ref": child.ref, "holders": asked, "voice": voice, "may_share": None}


def _paper(facts: StepDownFacts) -> dict[str, Any]:
    """The next document that the family has not seen."""
    unseen = (one.ref for one in facts.documents if facts.shared(facts.paper(one.ref)) is None)
    return {"document_ref": next(unseen, facts.documents[0].ref)}


def _of(kind: type[Step]) -> Callable[[StepDownFacts], dict[str, Any]]:
    """What waits for this act, the oldest first."""

    def of(facts: StepDownFacts) -> dict[str, Any]:
        waiting = (one.of for one in next_steps(STEP_DOWN, facts) if one.step == step_name(kind))
        return {"of": next((about.step_id for several in waiting for about in several), None)}

    return of


def _letters(facts: StepDownFacts) -> dict[str, Any]:
    """Those that may be written, to be read before they are approved; and each agency that has to be told."""
    read = to_read(facts, LettersAsked())
    proposed = [
        one.letter.model_dump(mode="json", exclude_defaults=True, exclude={"seen"})
        for one in read.letters
        if one.state.to_approve
    ]
    children = [{"ref": child.ref} for child in facts.children]
    agencies = [
        {"letter_id": f"agency-{number}", "agency": name, "children": children, "by": "email", "address": None}
        for number, name in enumerate(read.agencies, start=1)
    ]
    return {"letters": [*proposed, *agencies]}


def _delivered(facts: StepDownFacts) -> dict[str, Any]:
    waiting = to_print(facts).letters
    letters = [{"letter_id": one.letter.letter_id, "by_whom": None} for one in waiting]
    return {"letters": letters, "documents": [*map(_part, to_give(facts))]}


def _part(part: PartToGive) -> dict[str, Any]:
    children = [{"ref": ref} for ref in part.children]
    named = part.practitioner.practitioner
    return {"document_ref": part.shared.document_ref, "practitioner": named, "children": children, "by_whom": None}


def _clock(facts: StepDownFacts) -> dict[str, Any]:
    running = [clock.kind.value for clock in facts.clocks if clock.kind in RESPONSES and clock.ended is None]
    return {"clock": next(iter(running), None)}


KNOWN: Mapping[type[Step], Callable[[StepDownFacts], dict[str, Any]]] = {
    # For whom consent is withdrawn is the family's word.
    WithdrawConsent: lambda _: {"children": [empty(ChildRef, OFFERED)]},
    RecordFamily: _family,
    RecordExploration: _exploration,
    RecordConsent: _consent,
    RecordFamilySharing: _paper,
    RecordManagementConversation: lambda f: {"team_manager": f.team_manager},
    RecordDecisions: _decided_before,
    ReportSignificantHarm: report_that_waits,
    RecordContactConversation: lambda f: {"contact": f.request_answer.contact if f.request_answer else None},
    Authorise: _of(Authorise),
    ConfirmMeeting: _of(ConfirmMeeting),
    ApproveLetters: _letters,
    RecordDelivery: _delivered,
    DecideFirstContact: _said_of_the_unseen,
    PauseClock: _clock,
    ResumeClock: _clock,
    ResolveAttention: lambda f: {"attention_id": next((item.id for item in f.open_attention), None)},
}
"""What is known of a step beside which children it is about."""
