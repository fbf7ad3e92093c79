"""The texts that leave the house: plain English, that a family and a busy practitioner can read."""

from models.step_down.steps import ChildAdvice, LetterAudience

ASK_FOR_CONVERSATION = """Dear colleague,

A family may be passed from Children's Social Work Services to {service}. Before that, the social worker needs a
conversation with you: whether this is right for your service, which children you would support, and what can start
when.

Please contact the social worker. The transfer number is {transfer}. The details are in Mosaic, where the assessment
that the family agreed to share is open to your team.

Social work team: {team}
"""

ADVICE = """Dear {practitioner},

Children's Social Work Services have closed the case of the children below, who now have support through Early Help.
You are named as the practitioner who takes over. This is the social worker's summary of advice.

{children}

The transfer number is {transfer}. The assessment is open to the Early Help service's team in Mosaic; the family
should not have to go through another one.
"""

CHILD_ADVICE = """{name}
- Why social work ended: {reasons_for_end}
- Views of the practitioners involved: {practitioners_views}
- Views, wishes and feelings of {name}: {childs_views}
- Views of the parents or carers: {carers_views}"""

FAMILY_PASSED_ON = """Dear {recipient},

This letter tells you what happens next for {children}.

Your social worker's work has come to an end. With your agreement, support now comes from {service}.
{practitioner} from {agency} will be in touch with you. You do not need to go through another assessment.

You can change your mind at any time. Tell your social worker or {service}.

Transfer number: {transfer}
"""

AGENCY_PASSED_ON = """Dear {recipient},

This letter tells you what happens next for {children}, whom you know.

The work of Children's Social Work Services has come to an end. With the family's agreement, support now comes from
{service}. {practitioner} from {agency} takes over.

Transfer number: {transfer}
"""

FAMILY_NOT_PASSED_ON = """Dear {recipient},

This letter tells you what happens next for {children}.

We talked with you about support from {service}. This support will not start, and nothing more is shared with {service}.
Your social worker will explain what happens now.

Transfer number: {transfer}
"""


AGENCY_NOT_PASSED_ON = """Dear {recipient},

This letter tells you what happens next for {children}, whom you know.

Support from {service} was looked at and will not start. The social worker will tell you what this means for your work.

Transfer number: {transfer}
"""

LETTERS = {
    (LetterAudience.FAMILY, True): FAMILY_PASSED_ON,
    (LetterAudience.FAMILY, False): FAMILY_NOT_PASSED_ON,
    (LetterAudience.AGENCY, True): AGENCY_PASSED_ON,
    (LetterAudience.AGENCY, False): AGENCY_NOT_PASSED_ON,
}
"""The standard letter (SD-33): for whom, and whether a child passes to Early Help."""


def child_advice(name: str, advice: ChildAdvice) -> str:
    """The four parts of the summary for one child (SD-30)."""
    return CHILD_ADVICE.format(
        name=name,
        reasons_for_end=advice.reasons_for_end.words,
        practitioners_views=advice.practitioners_views.words,
        childs_views=advice.childs_views.words,
        carers_views=advice.carers_views.words,
    )


def listed(names: list[str]) -> str:
    """Names as people list them: ``A, B and C``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
