"""What an Early Help service reads: the request, the documents, the final meeting, the pack, what changed."""

from collections.abc import Sequence
from datetime import datetime

from activities.letters.in_calendars import CalendarWords
from activities.letters.papers import DOCUMENT_WORDS, Papers
from models.services import EarlyHelpService
from models.step_down.letter_words import agreed_words, who_takes_over
from models.step_down.start import DocumentKind
from models.step_down.steps.conversation import AgreedChild
from models.step_down.steps.decision import NameLeadPractitioner
from models.step_down.steps.final_meeting import ScheduleFinalMeeting
from models.vocabulary import local_time

REQUEST = """Dear colleague,

A family may be passed from Children's Social Work Services to {service}. Before that, the social worker needs a
conversation with {contact}. It is about three things: whether this is right for your service, which children you would
support, and what can start when.

{when} The transfer number is {transfer}. {where}

Social worker: {social_worker}
"""

ANSWER = "Please ring or write to the social worker{within}: offer a date, or say that this is not for your service."
ANSWER_FOR_CHILDREN = " This council asks for your answer{within}."

IN_MOSAIC = "The details are in Mosaic, where the {documents} that the family agreed to share {are} open to your team."
BY_MAIL = "The {documents} that the family agreed to share {are} sent to you by e-mail, {each}in a message of its own."
NOT_SHARED = (
    "The {documents} {are} not shared with you, because that was not agreed. Ask the social worker what may be shared."
)

CHANGE = """Dear colleague,

{what}

{please} The transfer number is {transfer}. {where}

Social worker: {social_worker}
"""

DETAILS_IN_MOSAIC = (
    "Where documents are open to your team in Mosaic, ask the social worker which of them you may still read."
)
PAPERS_BY_MAIL = "If papers came to you by e-mail, ask the social worker what to do with them."

STOP = "From now on, please do nothing more on this transfer until you have agreed it with the social worker."
PLEASE = {
    "withdraw_consent": "Before you do anything more on this transfer, please ask the social worker which children "
    "this is about. If you already support children whose consent still stands, please carry on.",
    "record_family": "Please speak with the social worker before anybody of your service next writes to, rings or "
    "visits the family.",
    "report_significant_harm": "Nothing more is shared with you. If you already support children of this family, "
    "please carry on. If you are worried about a child yourself, ring Duty and Advice.",
    "record_decisions": "Please speak with the social worker before anybody of your service writes to, rings or visits "
    "the family about that child. For the other children, nothing changes.",
}
"""What a service is asked; to stop, if nothing else is said."""

WHAT_CHANGED = {
    "withdraw_consent": "In a transfer that you may know of, consent no longer stands for one or more children.",
    "record_family": "In a transfer that you know of, what keeps people safe has changed since you were told about the "
    "family. What you know about it may no longer be right.",
    "change_service": "A transfer that you may know of goes to another service. Nothing more is shared with you.",
    "record_decisions": "In a transfer that you know of, a child no longer passes to you.",
    "report_significant_harm": "A transfer that you may know of has been stopped. The social worker will speak to you.",
    "cancel": "A transfer that you may know of has been cancelled. Nothing more is shared with you.",
}
"""What a service that knew of a transfer, or may have, is told (SD-09a), by the step that changed it."""

DOCUMENT = """Dear colleague,

A family may be passed from Children's Social Work Services to {service}. The family agreed that you read the
{document}. It is attached. The social worker will talk with you about it.

Please give it only to those in your service who need it for this work. The transfer number is {transfer}.

Social worker: {social_worker}
"""

PACK = """Dear colleague,

These children pass from Children's Social Work Services to {service}:

{children}

{document}

Please say for each child whether your service accepts the child.{when} The transfer number is {transfer}.

Social worker: {social_worker}
"""

ATTACHED = "The {documents} {are} attached. The family saw {them} and agreed that support is based on {them}."
NOT_SENT = (
    "The {documents} {are} not sent with this message, because that was not agreed. "
    "Ask the social worker what may be shared."
)

INVITATION = """Dear colleague,

{what}

{date}

{file}The transfer number is {transfer}.

Social worker: {social_worker}
"""

INVITED = """{service} is invited to the final meeting about a family's plan.
The meeting agrees, for each child, whether the child passes to your service."""
MOVED = """The final meeting about a family's plan, to which {service} is invited, has been moved. It was to be:

{before}

It is now:"""
FILE_INVITES = "The invitation for your calendar is attached. "
FILE_CHANGES = "The attached file changes the meeting in your calendar. "

CANCELLATION = """Dear colleague,

You are no longer expected at the final meeting on {when}. Please take it out of your calendar; the attached file does
that. The transfer number is {transfer}.

Social worker: {social_worker}
"""

HELD_BEFORE = """Dear colleague,

The final meeting to which you are invited on {when} was brought forward: it has been held already, on {held}. There is
no longer a meeting to come to. Please take it out of your calendar; the attached file does that. The transfer number is
{transfer}.

Social worker: {social_worker}
"""

MEETING_OUTCOME = """Dear colleague,

The final meeting about the plan was held on {when}. Our record shows nobody from {service} there, so this is what the
meeting said:

{children}

{again}If you do not agree, tell the social worker at once. The transfer number is {transfer}.

Social worker: {social_worker}
"""


REPLACES = "This replaces what we wrote to you about this meeting before. "


def _within(working_days: int | None) -> str:
    """By when an answer is asked for, as far as it is known: `` within 3 working days``."""
    if not working_days:
        return "" if working_days is None else " by the end of today"
    return f" within {working_days} working {'day' if working_days == 1 else 'days'}"


def conversation_request(
    service: EarlyHelpService, social_worker: str, transfer: str, papers: Papers, answer_within: int | None
) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-07)."""
    where = IN_MOSAIC if service.mosaic_team else BY_MAIL
    text = REQUEST.format(
        service=service.name,
        contact=service.contact_kind.words,
        when=ANSWER.format(within=_within(answer_within)),
        where=papers.said(where, NOT_SHARED),
        transfer=transfer,
        social_worker=social_worker,
    )
    return "Request for a conversation about a transfer", text


def change(service: EarlyHelpService, social_worker: str, transfer: str, what: str) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-09a)."""
    where = DETAILS_IN_MOSAIC if service.mosaic_team else PAPERS_BY_MAIL
    return "A change to a transfer", CHANGE.format(
        what=WHAT_CHANGED[what],
        please=PLEASE.get(what, STOP),
        where=where,
        transfer=transfer,
        social_worker=social_worker,
    )


def document_for_conversation(
    service: EarlyHelpService, document: DocumentKind, social_worker: str, transfer: str
) -> tuple[str, str]:
    """Subject and text; only what is attached is about a person (SD-11)."""
    text = DOCUMENT.format(
        service=service.name, document=DOCUMENT_WORDS[document], transfer=transfer, social_worker=social_worker
    )
    return "Papers for a conversation about a transfer", text


def invitation(
    service: EarlyHelpService,
    scheduled: ScheduleFinalMeeting,
    before: ScheduleFinalMeeting | None,
    social_worker: str,
    transfer: str,
) -> CalendarWords:
    """With the date ``before``, that it was moved; says nothing about a person (SD-18)."""
    what = (MOVED if before else INVITED).format(service=service.name, before=_date(before) if before else "")
    text, note = (
        INVITATION.format(what=what, date=_date(scheduled), file=file, transfer=transfer, social_worker=social_worker)
        for file in (FILE_CHANGES if before else FILE_INVITES, "")
    )
    return CalendarWords("Final meeting moved" if before else "Invitation to a final meeting", text, note)


def _date(scheduled: ScheduleFinalMeeting) -> str:
    """When and where."""
    if scheduled.meeting_at is None:
        raise AssertionError("nobody is invited to a meeting without a date")
    return f"{local_time(scheduled.meeting_at)}\n{scheduled.place}"


def cancellation(starts: datetime, held_at: datetime | None, social_worker: str, transfer: str) -> CalendarWords:
    """Of a meeting that was held before its day, too; says nothing about a person (SD-18)."""
    when = local_time(starts)
    if held_at is not None:
        text = HELD_BEFORE.format(when=when, held=local_time(held_at), transfer=transfer, social_worker=social_worker)
        return CalendarWords("Final meeting held already", text, text)
    text = CANCELLATION.format(when=when, transfer=transfer, social_worker=social_worker)
    return CalendarWords("Final meeting: you are no longer invited", text, text)


def meeting_outcome(  # noqa: PLR0913 (each is a part of the letter)
    service: EarlyHelpService,
    held_at: datetime,
    children: Sequence[str],
    social_worker: str,
    transfer: str,
    *,
    replaces: bool,
) -> tuple[str, str]:
    """Subject and text: what the meeting said of each child, by name (SD-18, SD-19)."""
    text = MEETING_OUTCOME.format(
        service=service.name,
        when=local_time(held_at),
        children="\n".join(f"- {child}" for child in children),
        again=REPLACES if replaces else "",
        transfer=transfer,
        social_worker=social_worker,
    )
    return "What the final meeting said", text


def child_in_pack(name: str, agreed: AgreedChild, practitioner: NameLeadPractitioner) -> str:
    """One child, with what was agreed for it (SD-13), and who takes it over (SD-28, SD-38)."""
    return f"{name}. {agreed_words(agreed)} {who_takes_over(practitioner)}"


def pack(  # noqa: PLR0913 (each is a part of the letter)
    service: EarlyHelpService,
    children: Sequence[str],
    papers: Papers,
    *,
    social_worker: str,
    transfer: str,
    answer_within: int | None,
) -> tuple[str, str]:
    """Subject and text: which children pass now, by name (SD-24, SD-25)."""
    text = PACK.format(
        service=service.name,
        children="\n".join(f"- {child}" for child in children),
        document=papers.said(ATTACHED, NOT_SENT),
        when=ANSWER_FOR_CHILDREN.format(within=_within(answer_within)) if answer_within is not None else "",
        transfer=transfer,
        social_worker=social_worker,
    )
    return "Children who pass to your service", text
