"""The reasons for closure of the children-in-need census, by the codes that it gives them (SD-40)."""

from enum import StrEnum
from typing import Literal

from models.vocabulary import Frozen, Ref


class ClosureReason(StrEnum):
    """Why social work closed a child's case."""

    ADOPTED = "RC1"
    DIED = "RC2"
    CHILD_ARRANGEMENTS_ORDER = "RC3"
    SPECIAL_GUARDIANSHIP = "RC4"
    ANOTHER_AUTHORITY = "RC5"
    ADULT_SERVICES = "RC6"
    CEASED = "RC7"
    ASSESSED_NO_ACTION = "RC8"
    ASSESSED_EARLY_HELP = "RC9"

    @property
    def words(self) -> str:
        """The reason as people say it, with its code."""
        said = {
            "RC1": "adopted",
            "RC2": "died",
            "RC3": "a child arrangements order was made",
            "RC4": "a special guardianship order was made",
            "RC5": "passed to the services of another authority",
            "RC6": "passed to adult social care",
            "RC7": "services end for another reason, as no longer in need",
            "RC8": "closed after the assessment, no further action",
            "RC9": "closed after the assessment, referred to Early Help",
        }[self.value]
        return f"{said} ({self.value})"

    @property
    def after_assessment(self) -> bool:
        """It holds only where there was nothing beside the assessment."""
        return self in {ClosureReason.ASSESSED_NO_ACTION, ClosureReason.ASSESSED_EARLY_HELP}

    @property
    def for_few(self) -> bool:
        """It speaks of an order, or of where the child is."""
        return self in {
            ClosureReason.ADOPTED,
            ClosureReason.CHILD_ARRANGEMENTS_ORDER,
            ClosureReason.SPECIAL_GUARDIANSHIP,
            ClosureReason.ANOTHER_AUTHORITY,
        }


class ClosedFor(Frozen):
    """With which reason a child's case was closed, where everybody who reads of the child may read it."""

    child: Ref
    reason: ClosureReason


Ceased = Literal[ClosureReason.CEASED]


class ClosureReasons(Frozen):
    """What follows from route and decision; nothing, where the council wants a person to choose (SD-40).

    What has happened to a child, as an adoption or a death, never follows: it is chosen.
    """

    early_help: Ceased | Literal[ClosureReason.ASSESSED_EARLY_HELP] | None = ClosureReason.ASSESSED_EARLY_HELP
    """Passes to Early Help out of the assessment, with nothing beside it."""
    universal_services: Ceased | Literal[ClosureReason.ASSESSED_NO_ACTION] | None = ClosureReason.ASSESSED_NO_ACTION
    """Closes out of it, universal services only."""
    no_further_support: Ceased | Literal[ClosureReason.ASSESSED_NO_ACTION] | None = ClosureReason.ASSESSED_NO_ACTION
    """Closes out of it, no further support."""
    beside_more: Ceased | None = ClosureReason.CEASED
    """Closes where there was a plan, a conference or a section 47 enquiry since the referral."""
    another_council: Ceased | Literal[ClosureReason.ANOTHER_AUTHORITY] | None = ClosureReason.ANOTHER_AUTHORITY
    """Moved to another council's area."""
    abroad: Ceased | None = ClosureReason.CEASED
    """Moved abroad."""
