"""The rows of a request for Early Help."""

from models.help_request.facts import HelpFacts
from models.help_request.start import ReferrerKind
from models.journey import rows
from models.journey.steps import Cancel, CancelReason
from models.vocabulary import Role

Rule = rows.Rule[HelpFacts]
Need = rows.Need[HelpFacts]
Doing = rows.Doing[HelpFacts]
Row = rows.Row[HelpFacts]

HUB = Role.EARLY_HELP_SERVICE

CANCELLED = "The request was cancelled. If that was wrong, start a new one, with when it was received."
NEUTRAL = "Thank you. Your request has been received, and is dealt with."
"""ER-14: what whoever asked is told, the same whatever became of it: they may be somebody who must not know."""
ANSWERED = "The request has been answered."


def by_professional(facts: HelpFacts) -> bool:
    """ER-03, ER-05: who asks is asked what only professionals can answer."""
    return facts.request.referrer.kind in {ReferrerKind.PROFESSIONAL, ReferrerKind.DUTY_AND_ADVICE}


def never_was(facts: HelpFacts, cancelled: Cancel) -> bool:
    """It was opened in error; Duty and Advice believe that children whom they passed on are seen to (SU-04)."""
    return cancelled.reason_code is CancelReason.OPENED_IN_ERROR and not facts.from_duty_and_advice


def asked(facts: HelpFacts) -> bool:
    """What the request lacks is asked for: it waits to be accepted here."""
    return facts.goes_on and facts.owes_answer and not facts.to_be_routed


def gated(facts: HelpFacts) -> bool:
    """ER-01, ER-02, ER-04 ask it of this request; of one that Duty and Advice pass on they do not (SU-04)."""
    return asked(facts) and not facts.from_duty_and_advice
