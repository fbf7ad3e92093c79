"""Decision: Duty and Advice say what the contact comes to, for each child (SU-03)."""

from models.journey.harm_outcome import HarmOutcome
from models.journey.rows import TimeIsUp, each_child, field, for_each, unless
from models.kinds import ClockKind
from models.step_up.facts import StepUpFacts
from models.step_up.rows import CANCELLED, DUTY_AND_ADVICE, Need, Row, Rule, goes_on
from models.step_up.steps.decision import RecordContactOutcome

ROWS: tuple[Row, ...] = (
    Need(
        "SU-03",
        RecordContactOutcome,
        DUTY_AND_ADVICE,
        "Say for each child what the contact comes to: advice and no referral, an Early Help assessment and plan, a "
        "Child and Family Single Assessment, or an immediate emergency response. Then record it, with who said so.",
        met=lambda f: not f.undecided,
        applies=goes_on,
        clock=ClockKind.CONTACT_OUTCOME,
        ways=for_each(lambda f: f.undecided, RecordContactOutcome, "nobody has said what it came to"),
        everywhere=True,
    ),
    TimeIsUp(
        "SU-03",
        ClockKind.CONTACT_OUTCOME,
        RecordContactOutcome,
        "Duty and Advice have not said what a contact comes to for each child. Find out why, and have it decided and "
        "recorded now.",
    ),
    Rule(None, RecordContactOutcome, unless(goes_on), CANCELLED),
    Rule(
        "SU-03",
        RecordContactOutcome,
        field("said_at", lambda f, s: any(s.said_at < f.word_counts_from(ref) for ref in s.children_named())),
        "The worry about a child, or the last report of a risk, came after that: what was said before is no answer to "
        "it. Record what Duty and Advice said of it since.",
    ),
    Rule(
        "SU-01a",
        RecordContactOutcome,
        each_child("outcomes", lambda f, child: _assessed_without_agreement(f, child.outcomes)),
        "No significant harm is suspected, and nobody has agreed: an assessment rests on agreement then. Record whom "
        "you asked, and what they said. If a child may suffer significant harm, report that.",
    ),
)


def _assessed_without_agreement(facts: StepUpFacts, outcomes: tuple[HarmOutcome, ...]) -> bool:
    assessed = outcomes == (HarmOutcome.SINGLE_ASSESSMENT,)
    return assessed and not facts.harm_stands and not facts.agreed
