"""Who may act: by their role, as the directory of people has it that day; or for the Early Help service (SD-23b)."""

from models.journey.people import comes_too_early, lacks, looked_up, names_another_team
from models.journey.rows import field
from models.journey.steps import EVERYBODY, Step
from models.people import Lack
from models.step_down.facts import StepDownFacts
from models.step_down.rows import CONTACT, EH, Doing, Row, Rule


def _for_the_service(step: Step) -> bool:
    """It is recorded for the Early Help service; what anybody may record, as a report of harm, asks for no team."""
    return step.actor.role in {EH, CONTACT} and step.recorded_by != EVERYBODY


def _service_not_known(facts: StepDownFacts, step: Step) -> bool:
    """The directory has not said yet which team of Mosaic the service is."""
    return _for_the_service(step) and facts.service is None and step.actor.team != facts.service_ref


def _another_service(facts: StepDownFacts, step: Step) -> bool:
    """Whoever records it is of no team, or of one to which the transfer does not go."""
    service = facts.service
    return _for_the_service(step) and service is not None and step.actor.team not in {service.ref, service.mosaic_team}


ROWS: tuple[Row, ...] = (
    Doing("SD-23b", looked_up),
    Rule(
        "SD-23b",
        Step,
        field("actor", comes_too_early),
        "The transfer is only being opened, and has not read the directory of people: send this again in a moment.",
    ),
    Rule(
        "SD-23b",
        Step,
        field("actor", lacks(Lack.NOT_SO)),
        "The directory of people does not have this person in this role for this team, nor as cover for one who has "
        "it. Whoever has the role records this; or have the person, the role, the team or the cover entered there "
        "(transfers people import), and send this again.",
    ),
    Rule(
        "SD-23b",
        Step,
        field("actor", lacks(Lack.GONE)),
        "As the directory of people has it, this person had left by that day. Whoever has the role now "
        "records this; if the day is wrong there, have it put right (transfers people import), and send this again.",
    ),
    Rule(
        "SD-23b",
        Step,
        field("actor", lacks(Lack.NO_COVER_THEN)),
        "As the directory of people has it, this person does not stand in for the one who has this role on that day. "
        "Whoever has the role, or covers for them now, records this; or have the days of the cover put right "
        "(transfers people import), and send this again.",
    ),
    Rule(
        "SD-23b",
        Step,
        field("actor", names_another_team),
        "The directory of people has this person in a different team from the one named here: name theirs, or "
        "none; or have it put right there (transfers people import).",
    ),
    Rule(
        "SD-06",
        Step,
        field("actor", _service_not_known),
        "The directory has not been asked yet how the Early Help service of this transfer is reached: send this again "
        "in a moment. If an item says that it does not know the service, have it put right there first.",
    ),
    Rule(
        "SD-06",
        Step,
        field("actor", _another_service),
        "This is for the Early Help service to which the transfer goes, under its own team: the one that it has in "
        "Mosaic or, if it does not use Mosaic, its reference in the directory of services (`transfers show ID` says "
        "which service it is). Nobody else answers for it.",
    ),
)
