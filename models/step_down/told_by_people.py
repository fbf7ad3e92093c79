"""What people have to tell a practitioner, because the system does not; whoever records it reads so (SD-31, SD-38)."""

from collections.abc import Iterator

from models.step_down.child import Child
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.papers import agreed_papers
from models.step_down.practitioners import reads_mosaic, taking_over, tells_of_others, theirs
from models.step_down.steps.decision import NameLeadPractitioner, RecordDecisions

PART_OF_THEIRS = (
    "{who} is not sent the {document}: another child of the family stands in it, for whom somebody else is named. "
    "Give them what is about {children} yourself, so that the family need not go through another assessment."
)


def _names(children: Iterator[Child]) -> str:
    return " and ".join(child.ref for child in children)


def not_sent_to_them(facts: StepDownFacts, step: RecordDecisions | NameLeadPractitioner) -> str | None:
    """What a practitioner without Mosaic is not sent with the summary, as it tells of another one's child."""
    entry = Recorded(step=step, accepted_at=facts.newest, service_ref=facts.service_ref)
    after = facts.having(steps=(*facts.steps, entry))
    return " ".join(said for named in taking_over(after) for said in _not_sent(after, named)) or None


def _not_sent(facts: StepDownFacts, named: NameLeadPractitioner) -> Iterator[str]:
    if reads_mosaic(facts, named):
        return
    children = theirs(facts, named.practitioner)
    for shared in agreed_papers(facts):
        paper = facts.paper(shared.document_ref)
        concerned = [child for child in children if paper is not None and child.ref in paper.about]
        if paper is not None and concerned and tells_of_others(facts, shared, named.practitioner):
            yield PART_OF_THEIRS.format(who=named.name, document=paper.kind.value, children=_names(iter(concerned)))
