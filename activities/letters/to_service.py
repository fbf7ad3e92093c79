"""What an Early Help service reads: the request for a conversation, the document, the pack, what changed."""

from collections.abc import Sequence

from activities.letters.words import DOCUMENT_WORDS, who_takes_over
from models.services import EarlyHelpService
from models.step_down.start import DocumentKind
from models.step_down.steps import NameLeadPractitioner

REQUEST = """Dear colleague,

A family may be passed from Children's Social Work Services to {service}. Before that, the social worker needs a
conversation with {contact}. It is about three things: whether this is right for your service, which children you would
support, and what can start when.

Please contact the social worker. The transfer number is {transfer}. {where}

Social work team: {team}
"""

IN_MOSAIC = "The details are in Mosaic, where the assessment that the family agreed to share is open to your team."
BY_MAIL = "The assessment that the family agreed to share comes to you by e-mail, in a message of its own."
NOT_SHARED = (
    "The assessment is not shared with you, because the family did not agree that support is based on it. "
    "Ask the social worker what the family agreed to share."
)

CHANGE = """Dear colleague,

{what}

{please} The transfer number is {transfer}. {where}

Social work team: {team}
"""

DETAILS_IN_MOSAIC = "The details are in Mosaic."
PAPERS_BY_MAIL = "If papers came to you by e-mail, ask the social worker what is to be done with them."

STOP = "Please do nothing more for this transfer that you have not agreed with the social worker since this message."
PLEASE = {"decide_children": "For the children whom you accepted, nothing changes."}
"""What a service is asked; to stop, if nothing else is said."""

WHAT_CHANGED = {
    "withdraw_consent": "In a transfer that you know of, consent has been taken back for one or more children.",
    "change_service": "A transfer that you know of goes to another service. Nothing more is shared with you.",
    "decide_children": "A child whom you did not take, in a transfer that you know of, does not pass to you any more.",
    "cancel": "A transfer that you know of has been called off. Nothing more is shared with you.",
}
"""What a service that knew of a transfer is told (SD-09a), by the step that changed it."""

DOCUMENT = """Dear colleague,

A family may be passed from Children's Social Work Services to {service}. The family agreed that you read the
{document}. It is attached. The social worker will talk with you about it.

Please give it only to those in your service who need it for this work. The transfer number is {transfer}.

Social work team: {team}
"""

PACK = """Dear colleague,

These children pass from Children's Social Work Services to {service}:

{children}

{who} {document}

Please say for each child whether your service takes the child on. This council sets the time within which you answer.
The transfer number is {transfer}.

Social work team: {team}
"""

ATTACHED = "The {document} is attached. The family saw it and agreed that support is based on it."
NOT_SENT = "The assessment is not sent with this message, because the family did not agree that support is based on it."


def conversation_request(
    service: EarlyHelpService, team: str, transfer: str, *, document_shared: bool
) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-07)."""
    where = IN_MOSAIC if service.mosaic_team else BY_MAIL
    text = REQUEST.format(
        service=service.name,
        contact=service.contact_kind.words,
        where=where if document_shared else NOT_SHARED,
        transfer=transfer,
        team=team,
    )
    return "Request for a conversation about a transfer", text


def change(service: EarlyHelpService, team: str, transfer: str, what: str) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-09a)."""
    where = DETAILS_IN_MOSAIC if service.mosaic_team else PAPERS_BY_MAIL
    return "A change to a transfer", CHANGE.format(
        what=WHAT_CHANGED[what], please=PLEASE.get(what, STOP), where=where, transfer=transfer, team=team
    )


def document_for_conversation(
    service: EarlyHelpService, document: DocumentKind, team: str, transfer: str
) -> tuple[str, str]:
    """Subject and text; only what is attached is about a person (SD-11)."""
    text = DOCUMENT.format(service=service.name, document=DOCUMENT_WORDS[document], transfer=transfer, team=team)
    return "Papers for a conversation about a transfer", text


def pack(  # noqa: PLR0913 (each is a part of the letter)
    service: EarlyHelpService,
    children: Sequence[str],
    practitioner: NameLeadPractitioner,
    document: DocumentKind | None,
    *,
    team: str,
    transfer: str,
) -> tuple[str, str]:
    """Subject and text: which children pass now, by name (SD-24, SD-25)."""
    text = PACK.format(
        service=service.name,
        children="\n".join(f"- {child}" for child in children),
        who=who_takes_over(practitioner),
        document=ATTACHED.format(document=DOCUMENT_WORDS[document]) if document else NOT_SENT,
        transfer=transfer,
        team=team,
    )
    return "Children who pass to your service", text
