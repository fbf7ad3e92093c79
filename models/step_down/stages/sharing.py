"""Sharing: the family sees the papers and agrees that they are the basis; then the service has them (SD-10, 11, 15)."""

from models.journey.rows import TimeIsUp, each_child, field, unless
from models.kinds import ClockKind
from models.step_down.acts import nothing_waits, that_wait
from models.step_down.direction import consent_stands, transfer_possible
from models.step_down.facts import StepDownFacts
from models.step_down.papers import nobody_still_in, papers_seen, share_with_service, to_share_again
from models.step_down.readers import agencies_involved
from models.step_down.rows import NOT_ENGAGED, SW, TM, Doing, Need, Row, Rule
from models.step_down.steps.acts import Authorise
from models.step_down.steps.consent import plain
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.sharing import ChildSharing, RecordFamilySharing, RecordSharingBasis


def _agency_is_not_involved(facts: StepDownFacts, said: ChildSharing) -> bool:
    return said.agency is not None and plain(said.agency) not in map(plain, agencies_involved(facts))


def _power_not_in_force(facts: StepDownFacts, step: RecordSharingBasis) -> str | None:
    """The first child for whom a power is named that the policy does not allow on that day."""
    for place, said in enumerate(step.children):
        if said.power is not None and not facts.policy.in_force(said.power, step.day):
            return f"children.{place}.power"
    return None


ROWS: tuple[Row, ...] = (
    Need(
        "SD-10",
        RecordFamilySharing,
        SW,
        "Share the assessment with the family and record whether they agree that it is the basis.",
        met=papers_seen,
        applies=lambda f: transfer_possible(f) and not f.on_a_plan,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-15",
        RecordFamilySharing,
        SW,
        "Share the plan and the newest assessment with the family and record, for each, whether they agree that it is "
        "the basis.",
        met=papers_seen,
        applies=lambda f: transfer_possible(f) and f.on_a_plan,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-10a",
        RecordFamilySharing,
        SW,
        "Not agreed: correct the document and share it again, or record that support goes on without it.",
        met=lambda f: not papers_seen(f) or not to_share_again(f),
        applies=transfer_possible,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-10a",
        Authorise,
        TM,
        "Support is to go on without a document to which the family does not agree: authorise it, or say why not.",
        met=nothing_waits(RecordFamilySharing),
        of=that_wait(RecordFamilySharing),
        clock=ClockKind.AUTHORISED,
        everywhere=True,
    ),
    Need(
        "SD-09d",
        RecordFamilySharing,
        SW,
        "Sharing a document was agreed for some of the children, and others are still in it: take them out, show the "
        "family that version, and record it.",
        met=nobody_still_in,
        applies=transfer_possible,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-09e",
        Authorise,
        TM,
        "Information is to be shared by a power or duty, and not by consent: authorise it, or say why not; nothing is "
        "shared until you do.",
        met=nothing_waits(RecordSharingBasis),
        of=that_wait(RecordSharingBasis),
        clock=ClockKind.AUTHORISED,
        everywhere=True,
    ),
    Doing(
        "SD-11",
        share_with_service,
        "The version that the family saw is being shared with the service.",
        applies=transfer_possible,
        on_evidence=True,
    ),
    TimeIsUp(
        "SD-01",
        ClockKind.SHARING,
        RecordDecisions,
        NOT_ENGAGED,
    ),
    Rule("SD-09", RecordFamilySharing, unless(consent_stands), "The family's consent comes before anything is shared."),
    Rule(
        "SD-10",
        RecordFamilySharing,
        field("document_ref", lambda f, s: f.paper(s.document_ref) is None),
        "This is not a document of this transfer.",
    ),
    Rule(
        "SD-11",
        RecordFamilySharing,
        field("cleared_of_third_parties", lambda _, s: s.agreed_as_basis and not s.cleared_of_third_parties),
        "Take out what other people's privacy forbids before the document goes to the service.",
    ),
    Rule(
        "SD-09d",
        RecordFamilySharing,
        field("without_children", lambda f, s: not set(s.without_children) <= set(f.child_refs)),
        "Only children of this transfer are taken out of its documents.",
    ),
    Rule(
        "SD-09e",
        RecordSharingBasis,
        field("service_ref", lambda f, s: s.service_ref != f.service_ref),
        "The basis of sharing names the service of this transfer.",
    ),
    Rule(
        "SD-09e",
        RecordSharingBasis,
        each_child("agency", _agency_is_not_involved),
        "Choose the agency from those that the exploration, or Mosaic, names as involved.",
    ),
    Rule(
        "SD-09e",
        RecordSharingBasis,
        _power_not_in_force,
        "The policy of this council does not allow that power, or it is not in force on that day.",
    ),
)
