"""The standard letters (SD-33): what happens next, child by child, in words that a family can read."""

from collections.abc import Sequence

from models.step_down.steps.confirmation import LetterAudience
from models.step_down.steps.decision import Decision

SUBJECT = "What happens next"

FAMILY_LETTER = """Dear {recipient},

This letter tells you what happens next.

{said}

If you want to talk about this letter, ask the social work team. Please give them this number: {transfer}.
"""

AGENCY_LETTER = """Dear {recipient},

This letter tells you what happens next for a family that you know.

{said}

Transfer number: {transfer}
"""

LETTERS = {LetterAudience.FAMILY: FAMILY_LETTER, LetterAudience.AGENCY: AGENCY_LETTER}

FAMILY_READS = {
    Decision.TRANSFER: "{name}: support now comes from {service}. {who} There is no need for a new assessment.",
    Decision.UNIVERSAL_ONLY: "{name}: social work has ended. The help that is there for every family is enough. This "
    "can be school, the health visitor or the children's centre. You can go on using it.",
    Decision.NO_FURTHER_SUPPORT: "{name}: social work has ended. No more support is needed.",
    Decision.STAYS_WITH_SOCIAL_WORK: "{name}: social work goes on. The social worker will explain the next steps.",
    # Whoever reads this may not know, and must not learn, that the child lives elsewhere (SD-23a).
    Decision.MOVED_AWAY: "{name}: social work has ended here. If you are worried, tell the social work team.",
}
"""What the family reads of one child, by what was decided."""

AGENCY_READS = FAMILY_READS | {
    Decision.UNIVERSAL_ONLY: "{name}: social work has ended. Services that are open to every family are enough, such "
    "as school, health visitor or children's centre. There is no Early Help plan and no other Early Help response. "
    "What your agency already does for {name} goes on.",
}
"""What an agency reads of one child (SD-32)."""

READS = {LetterAudience.FAMILY: FAMILY_READS, LetterAudience.AGENCY: AGENCY_READS}

CONSENT_WITHDRAWN = (
    "{name}: social work has ended. You withdrew your consent to support from {service}, and they were told."
)
"""What the family reads of a child who was passed on before consent was withdrawn (SD-09a)."""

SUPPORT_STARTS = "You can change your mind about this support at any time. Tell the social work team or {service}."
SUPPORT_DOES_NOT_START = "Support from {service} will not start. Nothing more is shared with them."
NOTHING_MORE_SHARED = "Nothing more is shared with {service}."


def standard_letter(audience: LetterAudience, recipient: str, said: Sequence[str], transfer: str) -> str:
    """The letter with its paragraphs: one for each child, and what holds for all of them."""
    return LETTERS[audience].format(recipient=recipient, said="\n\n".join(said), transfer=transfer)
