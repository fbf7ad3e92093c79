"""Consent: who said yes, who withdrew it, and how the family is reached safely (ER-04, ER-15, SD-09a…e, SU-04)."""

from collections.abc import Callable

from models.help_request.facts import HelpFacts
from models.help_request.rows import CANCELLED, HUB, Need, Row, Rule, asked, gated, never_was
from models.help_request.start import ReferrerKind
from models.help_request.steps.admission import RecordConsent, RecordReach, WithdrawConsent
from models.help_request.steps.response import CancelRequest, RecordResponse
from models.journey.rows import TimeIsUp, field, for_each, unless
from models.kinds import ClockKind

WHO_AGREED = {
    ("ER-04", ReferrerKind.PROFESSIONAL): "It is not said for each child who agreed to the request, or by which "
    "power or duty it is made without: ask the referrer. A child's own word is for that child alone: say how old they "
    "are, and of one under 16 who judged that they understand it.",
    ("ER-15", ReferrerKind.FAMILY): "Somebody of the family asks: ask them who they are to the children, and what they "
    "agree to, and record it. That they ask is nobody else's yes.",
    ("ER-15", ReferrerKind.YOUNG_PERSON): "A young person asks for themselves: ask them what they agree to, and record "
    "it as their own word, with their age. At 16 or 17 their own yes is enough for their own support; of a younger "
    "one, say who judged that they understand it. Nobody asks or tells their parents before that was "
    "talked over with them. Their request is theirs alone: where it names brothers or sisters, start it anew without "
    "them, and cancel this one as opened in error.",
}
"""What is asked of whom, by who asks for help."""


def _asked_of(kind: ReferrerKind) -> Callable[[HelpFacts], bool]:
    return lambda facts: gated(facts) and facts.withdrawn is None and facts.request.referrer.kind is kind


def _power_not_in_force(facts: HelpFacts, step: RecordConsent) -> bool:
    power = step.agreement.power
    return power is not None and not facts.policy.in_force(power, step.day)


def _of_another_child(facts: HelpFacts, step: RecordConsent) -> bool:
    return not {word.child for word in step.agreement.agreed_by} - {None} <= {*facts.child_refs}


def _not_after_the_no(facts: HelpFacts, step: RecordConsent) -> bool:
    return facts.withdrawn is not None and step.occurred_at <= facts.withdrawn.occurred_at


def _offered(facts: HelpFacts) -> bool:
    return facts.goes_on and facts.response is not None and facts.response.offers


def _closes_without_risk(facts: HelpFacts, step: CancelRequest) -> bool:
    return step.risk_considered is None and not never_was(facts, step)


ASKED: tuple[Row, ...] = (
    *(
        Need(
            clause,
            RecordConsent,
            HUB,
            ask,
            met=lambda f: f.agreement is not None,
            applies=_asked_of(kind),
            ways=for_each(lambda f: f.without_a_word, RecordConsent, "nobody's yes counts for this child yet"),
        )
        for (clause, kind), ask in WHO_AGREED.items()
    ),
    Need(
        "SD-09a",
        RecordConsent,
        HUB,
        "Consent was withdrawn, and nothing is offered on what was said before. Respond to the request, and say what "
        "the no means for the risk to the children; or, if they have said yes again since then, record that yes, with "
        "when it was given. A young person's own no is undone only by their own yes.",
        met=lambda f: f.withdrawn is None,
        applies=asked,
    ),
    Need(
        "ER-15",
        RecordReach,
        HUB,
        "It is not said how the family may be reached safely, and whether an interpreter is needed: ask whoever asks "
        "for help before anybody writes or rings.",
        met=lambda f: f.reach is not None,
        applies=asked,
    ),
    Rule(
        "SD-09e",
        RecordConsent,
        field("agreement.power", _power_not_in_force),
        "This power or duty is not in force by this council's policy.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        field("agreement.power", lambda f, s: f.withdrawn is not None and s.agreement.power is not None),
        "Consent was withdrawn: a power or duty may let information be shared; support goes on only with a new yes.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        field("corrects", lambda f, s: f.withdrawn is not None and s.corrects is not None),
        "Consent was withdrawn since: what was said before stands no more, and is not put right. Record a new yes, if "
        "there is one.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        field("occurred_at", _not_after_the_no),
        "Consent was withdrawn after this was said. Record the yes that was given since, with when it was given.",
    ),
    Rule(
        "SD-09c",
        RecordConsent,
        field("agreement.agreed_by", lambda _, s: not all(word.counts for word in s.agreement.agreed_by)),
        "Of a child's own word say how old the child is; of one under 16, also who judged that they understand it.",
    ),
    Rule(
        "SD-09b",
        RecordConsent,
        field("agreement.agreed_by", _of_another_child),
        "A child whose own word this is said to be is not in this request.",
    ),
    *(Rule(None, step, unless(lambda f: f.cancelled is None), CANCELLED) for step in (RecordConsent, WithdrawConsent)),
)
"""What is asked, and what may be said, until the request can be answered."""

BEFORE_SUPPORT: tuple[Row, ...] = (
    Need(
        "SU-04",
        RecordConsent,
        HUB,
        "Support was offered, and nobody of the family has said yes to it themselves. At the first contact ask them, "
        "and record who agreed. If they say no, record the response again: declined by the family.",
        met=lambda f: f.agreed,
        applies=_offered,
        clock=ClockKind.CONSENT_ASKED,
    ),
    TimeIsUp(
        "SU-04",
        ClockKind.CONSENT_ASKED,
        RecordConsent,
        "Support was offered to a family, and nobody has recorded whether they agree to it. Have them asked, and have "
        "their answer recorded; nothing begins against their word.",
    ),
    Rule(
        "SD-09a",
        RecordResponse,
        field("outcome", lambda f, s: s.offers and f.withdrawn is not None),
        "Consent was withdrawn: support is offered again only once they have said yes since then.",
    ),
    Rule(
        "SD-09b",
        RecordResponse,
        field("outcome", lambda f, s: s.offers and {*f.child_refs} <= f.said_no),
        "The young person has said no to support for themselves, and nobody else's yes undoes that.",
    ),
    Rule(
        "ER-04",
        RecordResponse,
        field("outcome", lambda f, s: s.offers and not f.from_duty_and_advice and f.agreement is None),
        "It is not said for each child who agreed to the request, or by which power or duty it is made without that.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("outcome", lambda f, s: s.offers and f.reach is None),
        "Nobody has said how the family may be reached safely. Ask the referrer before anything is offered, and record "
        "it.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("risk_considered", lambda f, s: f.lacks_risk(s)),
        "Say what it means for the risk to the children that somebody said no, was not reached, or that nothing came.",
    ),
    Rule(
        "ER-15",
        CancelRequest,
        field("risk_considered", _closes_without_risk),
        "Say what it means for the risk to the children that the request is cancelled.",
    ),
    Rule(
        None,
        CancelRequest,
        unless(lambda f: f.response is None),
        "The request has been answered: to change that, record the response again, as a correction or as a new one.",
    ),
)
"""What holds before support is offered, or the request ends."""
