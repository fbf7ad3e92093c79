"""The texts that leave the house: plain English, that a family and a busy practitioner can read."""

from models.step_down.said import ChildAdvice, Decision, LetterAudience

ASK_FOR_CONVERSATION = """Dear colleague,

A family may be passed from Children's Social Work Services to {service}. Before that, the social worker needs a
conversation with {contact}. It is about three things: whether this is right for your service, which children you would
support, and what can start when.

Please contact the social worker. The transfer number is {transfer}. The details are in Mosaic, where the assessment
that the family agreed to share is open to your team.

Social work team: {team}
"""

TELL_SERVICE = """Dear colleague,

{what}

Please do nothing more for this transfer that you have not agreed with the social worker since this message. The
transfer number is {transfer}. The details are in Mosaic.

Social work team: {team}
"""

WHAT_CHANGED = {
    "withdraw_consent": "In a transfer that you know of, consent has been taken back for one or more children.",
    "change_service": "A transfer that you know of goes to another service. Nothing more is shared with you.",
    "cancel": "A transfer that you know of has been called off. Nothing more is shared with you.",
}
"""What a service that knew of a transfer is told (SD-09a), by the step that changed it."""

ADVICE = """Dear {practitioner},

Children's Social Work Services have ended their work with the child or children named below, who now have support
through Early Help. You are named as the practitioner who takes over. This is the social worker's summary of advice.

{children}

The transfer number is {transfer}. The assessment is open to the Early Help service's team in Mosaic; the family
should not have to go through another one.
"""

CHILD_ADVICE = """{name}
- Why social work ended: {reasons_for_end}
- Views of the practitioners involved: {practitioners_views}
- Views, wishes and feelings of {name}: {childs_views}
- Views of the parents or carers: {carers_views}"""

FAMILY_LETTER = """Dear {recipient},

This letter tells you what happens next.

{children}

{closing}

Transfer number: {transfer}
"""

SUPPORT_STARTS = "You can change your mind at any time. Tell the social work team or {service}."
SUPPORT_DOES_NOT_START = "Support from {service} will not start, and nothing more is shared with {service}."

AGENCY_LETTER = """Dear {recipient},

This letter tells you what happens next for a family that you know.

{children}

Transfer number: {transfer}
"""

LETTERS = {LetterAudience.FAMILY: FAMILY_LETTER, LetterAudience.AGENCY: AGENCY_LETTER}
"""The standard letter (SD-33), by whom it is for."""

WHAT_HAPPENS = {
    Decision.TRANSFER: "{name}: support now comes from {service}. {practitioner} from {agency} takes over. "
    "There is no need to go through another assessment.",
    Decision.NO_FURTHER_SUPPORT: "{name}: social work has ended, and no further support is needed.",
    Decision.STAYS_WITH_SOCIAL_WORK: "{name}: social work goes on. The social worker will explain the next steps.",
}
"""What a letter says of one child, by what was decided."""

CONSENT_TAKEN_BACK = (
    "{name}: social work has ended. You have taken back your consent to support from {service}, and {service} was told."
)
"""What a letter says of a child who was passed on before consent was taken back (SD-09a)."""


def child_advice(name: str, advice: ChildAdvice) -> str:
    """The four parts of the summary for one child (SD-30)."""
    return CHILD_ADVICE.format(
        name=name,
        reasons_for_end=advice.reasons_for_end.words,
        practitioners_views=advice.practitioners_views.words,
        childs_views=advice.childs_views.words,
        carers_views=advice.carers_views.words,
    )
