"""Who may act by their role: as the directory of people has it, on the day of the act (SD-23b)."""

from models.journey.people import comes_too_early, lacks, looked_up, names_another_team
from models.journey.rows import field
from models.journey.steps import Step
from models.people import Lack
from models.step_down.rows import Doing, Row, Rule

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
        "As the directory of people has it, this person was not there any more on that day. Whoever has the role now "
        "records this; where the day is wrong there, have it put right (transfers people import), and send this again.",
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
        "The directory of people has this person in another team than the one that is named here: name theirs, or "
        "none; or have it put right there (transfers people import).",
    ),
)
