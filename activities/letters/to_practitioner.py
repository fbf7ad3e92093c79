"""What the practitioner who takes over reads: the summary of advice, and the recommendation about Families First."""

from collections.abc import Sequence

from activities.letters.papers import Papers
from models.step_down.letter_words import agreed_words
from models.step_down.steps.conversation import AgreedChild
from models.step_down.steps.decision import ChildAdvice, NameLeadPractitioner
from models.vocabulary import day_words

ADVICE = """Dear {practitioner},

Children's Social Work Services have ended their work with the child or children named below, who now pass to
Early Help. {you} This is the social worker's summary of advice.

{children}

What keeps people safe. Read it before you first make contact, and pass it on to nobody who does not need it:

{safety}

The transfer number is {transfer}. {document} The family should not have to go through another assessment.

Social worker: {social_worker}
"""

SAFETY = """Dear {practitioner},

{you}

This is what is known now of what keeps people safe. It replaces whatever you were told about it before. Read it
before you next make contact, and pass it on to nobody who does not need it:

{safety}

If something is not clear, ask the social worker before you write, ring or visit. The transfer number is {transfer}.

Social worker: {social_worker}
"""

YOU_TAKE_OVER = "You are named as the practitioner who takes over from the social worker."
YOU_ARE_CONTACT = "You are the contact until a practitioner is allocated. That is expected by {day}."

CHILD_ADVICE = """{name}
- Why social work ended: {reasons_for_end}
- What was agreed with the Early Help service: {agreed}
- Views of the practitioners involved: {practitioners_views}
- Views, wishes and feelings of {name}: {childs_views}
- Views of the parents or carers: {carers_views}"""

ATTACHED = "The {documents} {are} attached."
IN_MOSAIC = "The {documents} {are} open to the Early Help service's team in Mosaic."
OF_OTHERS = (
    "The {documents} {are} not attached, because {they_tell} about other children of the family, for whom "
    "somebody else is named. Ask the social worker for what is about the children named above."
)
NOT_SENT = "The {documents} {are} not sent, because that was not agreed. Ask the social worker what may be shared."

FAMILIES_FIRST = """Dear {practitioner},

You are named for the Early Help support that {service} gives in transfer {transfer}. We recommend that you tell the
children and families service of this Early Help activity via Families First.

Once they have been told, please have your service record it for transfer {transfer}, or tell the social worker. If
they cannot be told, please say why in the same way.

Social worker: {social_worker}
"""


CHANGE = """Dear {practitioner},

{what}

{please} The transfer number is {transfer}.

Social worker: {social_worker}
"""

WHAT_CHANGED = {
    "record_family": "We wrote to you about a family. What keeps people safe has changed since then: what you read "
    "about it may no longer be right.",
    "withdraw_consent": "We wrote to you about a family. Consent no longer stands for one or more of its children.",
    "change_service": "We wrote to you about a family. Another service is to support it now.",
    "record_decisions": "We wrote to you about a family. A child you read about no longer passes to Early Help.",
    "cancel": "We wrote to you about a family. Its transfer to Early Help has been cancelled.",
}
"""What a practitioner who was written to is told, by the step that changed it (SD-09a, SD-30a)."""

SPEAK_FIRST = "Please speak with the social worker before you next write to, ring or visit the family."
DO_NOTHING_MORE = (
    "Please do nothing more for this family, and ask the social worker what to do with what you were sent."
)
PLEASE = {
    "withdraw_consent": f"{SPEAK_FIRST} For children whose consent stands, nothing changes.",
    "change_service": DO_NOTHING_MORE,
    "cancel": DO_NOTHING_MORE,
    "record_decisions": f"{SPEAK_FIRST} For the other children, nothing changes.",
}
"""What they are asked; to speak with the social worker first, if nothing else is said."""


def advice_summary(  # noqa: PLR0913 (each is a part of the letter)
    practitioner: NameLeadPractitioner,
    children: Sequence[str],
    safety: str,
    papers: Papers,
    transfer: str,
    *,
    social_worker: str,
    attached: bool,
) -> tuple[str, str]:
    """Subject and text, with what was said of each child (SD-30, SD-30a), and where the document is (SD-31)."""
    where = ATTACHED if attached else IN_MOSAIC
    text = ADVICE.format(
        practitioner=practitioner.name,
        you=_who_you_are(practitioner),
        children="\n\n".join(children),
        safety=safety,
        document=papers.said(where, NOT_SENT, OF_OTHERS),
        transfer=transfer,
        social_worker=social_worker,
    )
    return "Summary of advice from the social worker", text


def what_keeps_people_safe(
    practitioner: NameLeadPractitioner, safety: str, transfer: str, social_worker: str
) -> tuple[str, str]:
    """Subject and text (SD-30a); the subject says nothing about a person."""
    you = _who_you_are(practitioner)
    text = SAFETY.format(
        practitioner=practitioner.name, you=you, safety=safety, transfer=transfer, social_worker=social_worker
    )
    return "What keeps people safe", text


def change(practitioner: NameLeadPractitioner, social_worker: str, transfer: str, what: str) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-09a, SD-30a)."""
    return "A change to a transfer", CHANGE.format(
        practitioner=practitioner.name,
        what=WHAT_CHANGED[what],
        please=PLEASE.get(what, SPEAK_FIRST),
        transfer=transfer,
        social_worker=social_worker,
    )


def _who_you_are(practitioner: NameLeadPractitioner) -> str:
    day = practitioner.interim_until
    return YOU_TAKE_OVER if day is None else YOU_ARE_CONTACT.format(day=day_words(day))


def child_advice(name: str, advice: ChildAdvice, agreed: AgreedChild) -> str:
    """The four parts of the summary for one child (SD-30), and what was agreed with the service (SD-13)."""
    return CHILD_ADVICE.format(
        name=name,
        reasons_for_end=advice.reasons_for_end.words,
        agreed=agreed_words(agreed),
        practitioners_views=advice.practitioners_views.words,
        childs_views=advice.childs_views.words,
        carers_views=advice.carers_views.words,
    )


def families_first(
    practitioner: NameLeadPractitioner, service: str, transfer: str, social_worker: str
) -> tuple[str, str]:
    """Subject and text; says nothing about a person of the family (SD-26)."""
    text = FAMILIES_FIRST.format(
        practitioner=practitioner.name, service=service, transfer=transfer, social_worker=social_worker
    )
    return "Recommendation to tell Families First", text
