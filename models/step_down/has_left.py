"""What has left, and would not leave as the family is recorded now (SD-33a)."""

from collections.abc import Iterator

from models.step_down.addresses import who_reads_at
from models.step_down.corrections import letters_sent, under_way
from models.step_down.effects import TO_THE_CONTACT, TO_THE_PRACTITIONER
from models.step_down.facts import StepDownFacts
from models.step_down.practitioners import as_named
from models.step_down.readers import reads_of, speaks_against, told_no_whereabouts, way
from models.step_down.steps.confirmation import Letter
from models.ways import WAYS


def would_not_leave_now(before: StepDownFacts, after: StepDownFacts) -> bool:
    """Something that was sent, or may have been, has come to be for eyes that must not see it."""
    letters = [before.letter(letter) for letter in letters_sent(before)]
    stopped = any(_what_stops(after, letter) - _what_stops(before, letter) for letter in letters)
    sent_to = [*_sent_to(before)]
    return stopped or any(who_reads_at(after, to) and not who_reads_at(before, to) for to in sent_to)


def _what_stops(facts: StepDownFacts, letter: Letter) -> set[str]:
    """Each thing because of which it would not leave as it did."""
    said = {*speaks_against(facts, letter)}
    said |= {*letter.about} - {child.ref for child in reads_of(facts, letter)}
    said |= {"whereabouts"} if told_no_whereabouts(facts, letter) else set()
    return said if way(facts, letter) else {*said, "way"}


def _sent_to(facts: StepDownFacts) -> Iterator[str]:
    """The addresses of service and practitioners, where something that tells of the family went there."""
    sent = {one.kind for one in facts.begun if WAYS[one.kind].tells_of_family and under_way(facts, one)}
    if facts.service is not None and sent & TO_THE_CONTACT:
        yield facts.service.contact_email
    told = (one for one in facts.begun if one.kind in TO_THE_PRACTITIONER and under_way(facts, one))
    yield from dict.fromkeys(as_named(facts, one.practitioner).email for one in told if one.practitioner)
