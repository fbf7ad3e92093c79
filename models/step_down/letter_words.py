"""The text of a letter (SD-33, SD-33b): what happens next, child by child, in words that a family can read.

It is made from what it tells and from nothing else. A child stands in it by reference, as ``[child-1]``: who approves
it reads that text, and the name is put in its place when it is sent.
"""

from collections.abc import Iterator

from models.policy import Phones
from models.step_down.start import PlanType
from models.step_down.steps.confirmation import LetterAudience
from models.step_down.steps.conversation import AgreedChild, ResponseKind
from models.step_down.steps.decision import Decision, NameLeadPractitioner
from models.step_down.telling import Telling, ToldChild
from models.vocabulary import day_words

SUBJECT = "What happens next"
"""Of a letter that is mailed; its reference follows, so that an answer can be placed."""

FAMILY_LETTER = """{head}Dear {reader},

This letter tells you what happens next.

{said}

{ask} Please give this reference: {reference}.

{worried}

From {signed}
"""

AGENCY_LETTER = """{head}Dear {reader},

This letter tells you what happens next for a family that you know.

{said}

{ask} Please give this reference: {reference}.

{worried}

From {signed}
"""

LETTERS = {LetterAudience.FAMILY: FAMILY_LETTER, LetterAudience.AGENCY: AGENCY_LETTER}

ASK_US = "If you want to talk about this letter, ask {signed}."
RING_US = "If you want to talk about this letter, ring {number}."
RING_WORKER = "If you want to talk about this letter, ring {name} on {number}."

RING_DUTY = "If you are worried about a child, ring the Duty and Advice team{number}."
RING_AT_NIGHT = "At night and at weekends, ring {number}."
IN_DANGER_NOW = "If anybody is in danger now, ring {number}."

FAMILY_READS = {
    Decision.TRANSFER: "Our social work with {name} has ended. Support comes from {service}. {who} There is no "
    "need for a new assessment.",
    Decision.UNIVERSAL_ONLY: "Our social work with {name} has ended. Help that is open to every family is enough now. "
    "This can be school, the health visitor or the children's centre. You can go on using it.",
    Decision.NO_FURTHER_SUPPORT: "Our social work with {name} has ended. No other support is planned.",
    Decision.STAYS_WITH_SOCIAL_WORK: "Our social work with {name} goes on. The social worker will explain the next "
    "steps.",
    # Whoever reads this may not know, and must not learn, that the child lives elsewhere (SD-23a); that social work has
    # ended would be wrong, where it goes on there.
    Decision.MOVED_AWAY: "Our social work with {name} has ended.",
}
"""What the family reads of one child, by what was decided."""

AGENCY_READS = FAMILY_READS | {
    Decision.UNIVERSAL_ONLY: "Our social work with {name} has ended. Services that are open to every family are "
    "enough, such as school, health visitor or children's centre. There is no Early Help plan and no other Early Help "
    "response. Please carry on with what your agency already does for {name}.",
}
"""What an agency reads of one child (SD-32)."""

WITHOUT_WHEREABOUTS = FAMILY_READS | {
    Decision.TRANSFER: "Our social work with {name} has ended. Other support has been agreed. There is no need for a "
    "new assessment.",
    Decision.UNIVERSAL_ONLY: "Our social work with {name} has ended.",
    Decision.NO_FURTHER_SUPPORT: "Our social work with {name} has ended.",
}
"""What somebody reads who must not learn where the child is: no service, no worker, no school (SD-33a); where no
support follows, the same as of a child who moved."""

READS = {LetterAudience.FAMILY: FAMILY_READS, LetterAudience.AGENCY: AGENCY_READS}

CONSENT_WITHDRAWN = (
    "Our social work with {name} has ended. Support from {service} does not go ahead, because it is not agreed. We let "
    "them know."
)
"""What the family reads of a child who passed on, and whose consent was withdrawn, or had never been given (SD-09a)."""

WITHDRAWN_AND_NO_MORE = "Our social work with {name} has ended. No other support is agreed."
"""The same for somebody who must not learn where the child is."""

PLAN_ENDED = "The {plan} for {name} ended on {day}."
SOCIAL_WORK_GOES_ON = "Our social work with {name} goes on."
"""What an agency that took part in the plan reads without the family's consent, of a child whom social work keeps."""
NO_MORE = "Our social work with {name} has ended."
"""The same of one who moved, in words from which it does not follow that it did (SD-23a)."""
PLANS = {PlanType.CHILD_IN_NEED: "child in need plan", PlanType.CHILD_PROTECTION: "child protection plan"}

STARTS_ON = "Support is planned to start on {day}."
START_NOT_KNOWN = "It is not known yet when support can start."
FAMILY_READS_OF_RESPONSE = {
    ResponseKind.SINGLE_AGENCY: "One agency gives this support.",
    ResponseKind.MULTI_AGENCY_PLAN: "Several agencies work together on one plan.",
}
"""What kind of support it is (SD-27)."""
COMES_FIRST = "What comes first: {priorities}."
SUPPORT_STARTS = "You can change your mind about this support at any time. Tell the social work team or {service}."
SUPPORT_DOES_NOT_START = "Support from {service} will not start. We share nothing more with them."
NOTHING_MORE_SHARED = "We share nothing more with {service}."

TAKES_OVER = "{practitioner} from {agency} takes over from the social worker."
IN_THE_MEANTIME = (
    "{practitioner} from {agency} is the contact for now. We expect to know by {day} who takes over from the social "
    "worker."
)
"""Until a practitioner is allocated (SD-28)."""


def text_of(telling: Telling) -> str:
    """The letter, with each child by reference in brackets."""
    said = [*(words for child in telling.children for words in _of_child(telling, child)), *_of_all(telling)]
    return LETTERS[telling.audience].format(
        reader=telling.reader,
        head=f"{telling.writing.head}\n\n" if telling.writing.head else "",
        said="\n\n".join(said),
        ask=_whom_to_ask(telling),
        signed=_signed(telling),
        worried=_when_worried(telling.phones),
        reference=telling.reference,
    )


def in_place_of_name(ref: str) -> str:
    """What stands for a child's name until the letter is sent."""
    return f"[{ref}]"


def _of_child(telling: Telling, child: ToldChild) -> Iterator[str]:
    """That the plan ended, and what becomes of the child, as far as the reader may read of it."""
    name = in_place_of_name(child.ref)
    if child.plan_ended_on and telling.plan:
        yield PLAN_ENDED.format(name=name, plan=PLANS[telling.plan], day=day_words(child.plan_ended_on))
    if child.of_early_help:
        yield _what_becomes_of(telling, child)
    elif child.plan_ended_on is None:
        yield SOCIAL_WORK_GOES_ON.format(name=name) if not child.decision.closes else NO_MORE.format(name=name)


def _what_becomes_of(telling: Telling, child: ToldChild) -> str:
    if telling.without_whereabouts:
        reads = WITHDRAWN_AND_NO_MORE if child.withdrawn else WITHOUT_WHEREABOUTS[child.decision]
        return reads.format(name=in_place_of_name(child.ref))
    reads = CONSENT_WITHDRAWN if child.withdrawn else READS[telling.audience][child.decision]
    who = [who_takes_over(child.practitioner)] if child.practitioner else []
    agreed = _of_support(telling.audience, child.agreed) if child.agreed else ()
    return reads.format(name=in_place_of_name(child.ref), service=telling.service, who=" ".join([*agreed, *who]))


def _of_support(audience: LetterAudience, agreed: AgreedChild) -> Iterator[str]:
    """When it begins; of what kind it is, and what comes first, the family reads alone."""
    if audience is LetterAudience.FAMILY and agreed.response in FAMILY_READS_OF_RESPONSE:
        yield FAMILY_READS_OF_RESPONSE[agreed.response]
    yield _start(agreed)
    if audience is LetterAudience.FAMILY:
        yield _first(agreed)


def _start(agreed: AgreedChild) -> str:
    return STARTS_ON.format(day=day_words(agreed.realistic_start)) if agreed.realistic_start else START_NOT_KNOWN


def _first(agreed: AgreedChild) -> str:
    """The priorities as they were written, which may end like a sentence or not."""
    return COMES_FIRST.format(priorities=(agreed.priorities or "").rstrip(" ."))


def agreed_words(agreed: AgreedChild) -> str:
    """What practitioner and service read of what was agreed for a child (SD-13, SD-27)."""
    response = agreed.response.words if agreed.response else ""
    because = agreed.start_not_known_because
    unknown = [f"Why: {because.rstrip(' .')}."] if because and not agreed.realistic_start else []
    return " ".join([f"{response[:1].upper()}{response[1:]}.", _start(agreed), *unknown, _first(agreed)])


def _of_all(telling: Telling) -> Iterator[str]:
    """What the family reads after its children, where there is something to say of support as a whole."""
    if telling.audience is LetterAudience.AGENCY or telling.without_whereabouts:
        return
    if any(child.practitioner for child in telling.children):
        yield SUPPORT_STARTS.format(service=telling.service)
    elif any(child.withdrawn for child in telling.children):
        yield NOTHING_MORE_SHARED.format(service=telling.service)
    elif telling.service_in_question:
        yield SUPPORT_DOES_NOT_START.format(service=telling.service)


def _whom_to_ask(telling: Telling) -> str:
    """The worker, where the reader may know them and the directory has a number; or the council."""
    worker, number = telling.worker, telling.phones.letters
    if worker is not None and worker.telephone:
        return RING_WORKER.format(name=worker.name, number=worker.telephone)
    return RING_US.format(number=number) if number else ASK_US.format(signed=telling.writing.signed_by)


def _signed(telling: Telling) -> str:
    by = telling.writing.signed_by
    return f"{telling.worker.name}, {by}" if telling.worker is not None else by


def _when_worried(phones: Phones) -> str:
    duty = f" on {phones.duty_and_advice}" if phones.duty_and_advice else ""
    night = [RING_AT_NIGHT.format(number=phones.out_of_hours)] if phones.out_of_hours else []
    return " ".join([RING_DUTY.format(number=duty), *night, IN_DANGER_NOW.format(number=phones.emergency)])


def who_takes_over(practitioner: NameLeadPractitioner) -> str:
    """The practitioner; or the interim contact, and by when a practitioner is expected."""
    day = practitioner.interim_until
    who = TAKES_OVER if day is None else IN_THE_MEANTIME
    return who.format(practitioner=practitioner.name, agency=practitioner.agency, day=day and day_words(day))
