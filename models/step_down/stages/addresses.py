"""Where somebody of the family reads, nothing goes that is for whoever supports it (SD-33a)."""

from models.journey.rows import field
from models.kinds import ClockKind
from models.step_down.addresses import nobody_else_reads, service_is_safe, who_reads_at
from models.step_down.corrections import under_way
from models.step_down.direction import passed_on, transfer_possible
from models.step_down.facts import StepDownFacts
from models.step_down.practitioners import others_with, summary_of
from models.step_down.rows import SW, Need, Row, Rule
from models.step_down.steps.decision import NameLeadPractitioner
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.transfer import ChangeService


def _practitioners_are_reached(facts: StepDownFacts) -> bool:
    """Each of them; what went there already is for people to put right."""
    named = ((child, child.practitioner) for child in facts.children if child.may_still_pass or child.passes_on)
    return all(
        one is None or nobody_else_reads(facts, one) or under_way(facts, summary_of(child)) for child, one in named
    )


def _is_somebody_else(facts: StepDownFacts, step: NameLeadPractitioner) -> bool:
    """One reference is one person, reached at one address."""
    return any(_as(one) != _as(step) for one in others_with(facts, step))


def _as(named: NameLeadPractitioner) -> tuple[object, ...]:
    return named.name, named.agency, named.email, named.uses_mosaic, named.interim_until


def _omits_somebody_not_safe(facts: StepDownFacts, step: RecordFamily) -> bool:
    """The last record holds as a whole: of who is not named any more, nothing would be known."""
    people = facts.family.people if facts.family else ()
    return any(step.person(one.ref) is None for one in people if one.something_against or one.forbidden)


ROWS: tuple[Row, ...] = (
    Rule(
        "SD-30a",
        RecordFamily,
        field("people", _omits_somebody_not_safe),
        "Somebody is left out who was unsafe to contact, under an order, or must not know something: name them, and "
        "say what is true of them now.",
    ),
    Need(
        "SD-33a",
        NameLeadPractitioner,
        SW,
        "According to the family record, somebody in the family reads what is sent to a practitioner's address, so "
        "nothing is sent there: name the practitioner with another address.",
        met=_practitioners_are_reached,
        applies=lambda f: transfer_possible(f) or bool(passed_on(f)),
        clock=ClockKind.LEAD_PRACTITIONER,
        everywhere=True,
    ),
    Need(
        "SD-33a",
        ChangeService,
        SW,
        "According to the family record, somebody in the family reads what is sent to the service's contact, so "
        "nothing is sent there: name another service; or, if the record is wrong, record the family again.",
        met=service_is_safe,
        applies=transfer_possible,
        clock=ClockKind.CONVERSATION_HELD,
        everywhere=True,
    ),
    Rule(
        "SD-33a",
        NameLeadPractitioner,
        field("email", lambda f, s: bool(who_reads_at(f, s.email))),
        "According to the family record, somebody in the family reads what is sent to this address: give the "
        "practitioner's own.",
    ),
    Rule(
        "SD-38",
        NameLeadPractitioner,
        field("practitioner", _is_somebody_else),
        "This reference already stands for somebody with a different name, agency, address or end date, named for "
        "another child of the family. If it is the same person, name all their children here; if not, give this person "
        "a reference of their own.",
    ),
)
