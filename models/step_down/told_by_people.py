"""What people have to tell a practitioner, because the system does not; whoever records it reads so (SD-31, SD-38)."""

from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.papers import what_it_is
from models.step_down.parts import Part, parts
from models.step_down.steps.decision import NameLeadPractitioner, RecordDecisions

PART_OF_THEIRS = (
    "{who} is not sent the {document}: it also tells about another child of the family, for whom somebody else is "
    "named. Once the case is closed, give them what is about {children} yourself, and record that, so that the family "
    "need not go through another assessment."
)


def not_sent_to_them(facts: StepDownFacts, step: RecordDecisions | NameLeadPractitioner) -> str | None:
    """What a practitioner without Mosaic is not sent with the summary, as it tells of another one's child."""
    entry = Recorded(step=step, accepted_at=facts.newest, service_ref=facts.service_ref)
    after = facts.having(steps=(*facts.steps, entry))
    return " ".join(_given(after, part) for part in parts(after)) or None


def _given(facts: StepDownFacts, part: Part) -> str:
    document, children = what_it_is(facts, part.shared).value, " and ".join(part.children)
    return PART_OF_THEIRS.format(who=part.practitioner.name, document=document, children=children)
