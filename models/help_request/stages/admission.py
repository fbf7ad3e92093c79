"""Admission: the request is read for harm before anything else, and what it lacks is asked for (ER-01…05, ER-14)."""

from models.help_request.facts import NEW_WORDS, HelpFacts
from models.help_request.rows import ANSWERED, CANCELLED, HUB, Need, Row, Rule, asked, by_professional, gated
from models.help_request.stages import consent, routing
from models.help_request.start import FormPart
from models.help_request.steps.admission import (
    AnswerOpenPlan,
    AnswerRiskMatrix,
    CompleteRequest,
    Found,
    ReadForHarm,
    ReceiveDocuments,
    RecordGraduatedResponse,
    RecordSituations,
    ReturnIncomplete,
    RiskMatrix,
)
from models.help_request.steps.response import RecordResponse
from models.journey.rows import TimeIsUp, field, unless
from models.kinds import ClockKind

OF_ADMISSION = (
    ReceiveDocuments,
    AnswerOpenPlan,
    RecordSituations,
    AnswerRiskMatrix,
    RecordGraduatedResponse,
    ReturnIncomplete,
    CompleteRequest,
)


def lacks_part_2(facts: HelpFacts) -> bool:
    """ER-02: a plan is open, and has not come."""
    return bool(facts.plan_open) and not facts.came(FormPart.PART_2)


def _came_after(facts: HelpFacts, step: ReadForHarm) -> bool:
    came = (entry.step for entry in facts.steps if isinstance(entry.step, NEW_WORDS))
    return any(new.occurred_at > step.occurred_at for new in came)


ROWS: tuple[Row, ...] = (
    Need(
        "ER-14",
        ReadForHarm,
        HUB,
        "Read the whole request, with all that has come since, for a risk of significant harm, before anything else, "
        "and record what you found. If a child may be at risk, ring Duty and Advice first, and report it here.",
        met=lambda f: f.is_read,
        applies=lambda f: f.cancelled is None,
        clock=ClockKind.HARM_READ,
        everywhere=True,
    ),
    TimeIsUp(
        "ER-14",
        ClockKind.HARM_READ,
        ReadForHarm,
        "A request, or something that came for it, has not been read for a risk of significant harm. Read it now, or "
        "have it read, and record that.",
    ),
    Rule(
        "ER-14",
        ReadForHarm,
        field("found", lambda f, s: s.found is Found.REPORTED and not f.harm_stands),
        "No risk of significant harm is reported here yet: ring Duty and Advice, and report it first.",
    ),
    Rule(
        "ER-14",
        ReadForHarm,
        field("occurred_at", _came_after),
        "Something came after that time: read that, too, and record it then.",
    ),
    Need(
        "ER-01",
        ReceiveDocuments,
        HUB,
        "Part 1 of the current Early Help form has not come: ask the referrer for it, and say where it is found. A "
        "professional without Mosaic may be sent it on paper (ER-10a).",
        met=lambda f: f.came(FormPart.PART_1),
        applies=lambda f: gated(f) and by_professional(f),
    ),
    Need(
        "ER-15",
        ReceiveDocuments,
        HUB,
        "A family or a young person asks for themselves: fill in part 1 of the current Early Help form with them, in a "
        "way that is safe for them, and record it. They need no professional for it.",
        met=lambda f: f.came(FormPart.PART_1),
        applies=lambda f: gated(f) and not by_professional(f),
    ),
    Need(
        "ER-02",
        AnswerOpenPlan,
        HUB,
        "It is not said whether an Early Help plan is open for the family: ask the referrer, look for yourself, and "
        "record it.",
        met=lambda f: f.plan_open is not None,
        applies=gated,
    ),
    Need(
        "ER-02",
        ReceiveDocuments,
        HUB,
        "An Early Help plan is open: ask the referrer for it, as part 2 of the current form.",
        met=lambda f: not lacks_part_2(f),
        applies=gated,
    ),
    *consent.ASKED,
    routing.NOT_SAID,
    Need(
        "ER-03",
        AnswerRiskMatrix,
        HUB,
        "Ask the referrer whether the CSE/CCE risk matrix is required, and was completed.",
        met=lambda f: f.risk_matrix is not None,
        applies=lambda f: asked(f) and by_professional(f),
    ),
    Rule(
        "ER-03",
        AnswerRiskMatrix,
        field("because", lambda _, s: s.answer is RiskMatrix.NOT_COMPLETED and s.because is None),
        "The risk matrix is required, and was not completed: say why, and what is known of a risk of exploitation.",
    ),
    Need(
        "ER-05",
        RecordGraduatedResponse,
        HUB,
        "Ask the referrer what support was put in place before, and record it, or why there was none.",
        met=lambda f: f.graduated is not None,
        applies=lambda f: asked(f) and by_professional(f),
    ),
    Need(
        "ER-12",
        CompleteRequest,
        HUB,
        "The request was returned as incomplete. When what was missing has come, record it, and that the request is "
        "complete. If it does not come, respond to the request.",
        met=lambda f: f.returned is None,
        applies=lambda f: f.goes_on and f.response is None,
        clock=ClockKind.COMPLETION,
    ),
    TimeIsUp(
        "ER-12",
        ClockKind.COMPLETION,
        RecordResponse,
        "A request that was returned as incomplete has not been completed. Consider what that means for the children, "
        "and respond to it; nothing ends by itself.",
    ),
    Rule(
        "ER-01",
        ReceiveDocuments,
        field("forms", lambda f, s: not all(map(f.counts, s.forms))),
        "This is an old form, which does not count: send the referrer the way to the current one. The request stays "
        "open, and its time runs on.",
    ),
    Rule(
        "ER-14",
        ReturnIncomplete,
        unless(lambda f: f.is_read),
        "Nobody has recorded that the whole request was read for a risk of significant harm: that comes first.",
    ),
    Rule(
        "ER-07",
        ReturnIncomplete,
        unless(lambda f: not f.harm_stands),
        "A risk of significant harm was reported: this goes to Duty and Advice, and back to nobody.",
    ),
    Rule(
        "SU-04",
        ReturnIncomplete,
        unless(lambda f: not f.from_duty_and_advice),
        "Duty and Advice passed this request on: it is not returned. Ask for what is missing, and respond to it.",
    ),
    Rule(None, ReturnIncomplete, unless(lambda f: f.returned is None), "The request has already been returned."),
    Rule("ER-12", CompleteRequest, unless(lambda f: f.returned is not None), "The request was not returned."),
    *(
        Rule(None, step, unless(lambda f: f.response is None), ANSWERED)
        for step in OF_ADMISSION
        if step is not ReceiveDocuments
    ),
    *(Rule(None, step, unless(lambda f: f.cancelled is None), CANCELLED) for step in OF_ADMISSION),
)
