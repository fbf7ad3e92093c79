"""A risk of significant harm: anyone reports it, at any stage; the record is never the contact itself (SU-01)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from models.attention import CHILD_NOT_HERE
from models.journey.facts import Facts
from models.journey.linked import newly_named
from models.journey.recorded import RecordedStep
from models.journey.reports import of_its_own, own_call, replaced_by, said_just_before, unanswered
from models.journey.rows import Need, Note, Raising, TimeIsUp, Waiting
from models.journey.steps import ReportsHarm, ReportSignificantHarm, Step, step_name
from models.kinds import ClockKind
from models.vocabulary import CUT_OFF, Role, local_time

HARM_REPORT = step_name(ReportSignificantHarm)

NOTHING_MORE = "Nothing more is sent here."
RING_AGAIN = "{meanwhile} If it gets worse, ring again."
RING_NOW = (
    "Recording this is not enough: ring now. Then record whom you spoke to and when, {how}. Until then, alerts go out "
    "day and night. {meanwhile}"
)
ONCE_MORE = "by sending the report again, as a correction of this one"
IN_A_STEP = "with a step {step}"
LONG_BEFORE = (
    "The call it names was made more than a day earlier, so it does not count as a call about this. If the risk was "
    "noticed earlier, say when, as the time when it happened. "
)
SHORTENED = " What was written is too long for one report, and was cut off: record the rest as another report."
SAID_BEFORE = "This was reported before, on {at}. "
ANOTHER = (
    " Nobody has said yet who was spoken to about another report, of {report}: if that was talked about, too, record "
    "it for that one: {command}"
)
BY_ITSELF = "by sending a report of significant harm about the child"
"""Where it was said in another step, as in a service's answer."""
NO_CORRECTION = (
    " You sent it as a correction, but it corrects no report that stands here, or leaves out a child of that report. "
    "It was taken as a report of its own, and what was reported before still stands."
)
NAMES_OTHERS = (
    " Not in this {it}: {children}. The report was taken as you wrote it, and the social worker is asked who is meant. "
    "If that was mistyped, send the report again, as a correction of this one, with the right child. If it is a child "
    "of others, nothing is stopped for that child by this: report it where the child is, too, and say so when you ring."
)


def waits_for_a_word(facts: Facts) -> Iterator[Waiting]:
    """SU-01: each report is told at once, and told on until somebody says who was spoken to.

    One that could not be taken is told on until one is taken.
    """
    told = {clock for alert in facts.alerts for clock in alert.clocks}
    told_of = {clock.about for clock in facts.clocks if clock.kind is ClockKind.SIGNIFICANT_HARM and clock.id in told}
    unsaid = {report.step_id for report in facts.nobody_spoken_to}
    for report in facts.harm_reports:
        first = first_said(facts, report)
        about = f"report-{first.step.step_id}"
        if report.step_id in unsaid or about not in told_of:
            yield Waiting(ClockKind.SIGNIFICANT_HARM, about, first.accepted_at)
    for item in facts.harm_not_taken:
        yield Waiting(ClockKind.HARM_NOT_TAKEN, item.id, item.since)


def first_said(facts: Facts, report: ReportsHarm) -> RecordedStep:
    """The report as it came first, from which time counts however often it is corrected."""
    before = replaced_by(facts, report)
    if before is not None:
        return first_said(facts, before)
    return facts.steps[facts.places[report.step_id]]


@dataclass(frozen=True)
class ToldAtOnce:
    """SU-01, SD-36: whoever reports is told whom to ring, before anything else."""

    said_in: type[Step] | None = None
    """The step in which it is said who was spoken to, where a journey has one; a report, otherwise."""
    meanwhile: str = NOTHING_MORE
    """What the report means for everything else."""

    def __call__(self, facts: Facts, step: ReportsHarm) -> str | None:
        """What is said to whoever reports; nothing, where a step names nobody at risk."""
        return _note(self, facts, step) if step.at_risk else None

    def how(self, step: ReportsHarm) -> str:
        """How it is said afterwards who was spoken to."""
        if self.said_in is not None:
            return IN_A_STEP.format(step=step_name(self.said_in))
        return ONCE_MORE if isinstance(step, ReportSignificantHarm) else BY_ITSELF

    def command(self, facts: Facts, report: ReportsHarm) -> str:
        """What is copied to say it of another report."""
        command = f"transfers step {facts.request.id} FILE"
        if self.said_in is not None:
            return f"{command}, {IN_A_STEP.format(step=step_name(self.said_in))}"
        return f"{command} --corrects {report.step_id}" if isinstance(report, ReportSignificantHarm) else command


def _note(told: ToldAtOnce, facts: Facts, step: ReportsHarm) -> str:
    heard = own_call(facts, step) is not None
    early = LONG_BEFORE if step.spoken_to is not None and not heard else ""
    before = said_just_before(facts, step)
    again = SAID_BEFORE.format(at=local_time(first_said(facts, before).accepted_at)) if before is not None else ""
    others = "".join(map(partial(_another, told, facts), unanswered(facts, step) if heard else ()))
    cut = SHORTENED if (step.own_words or "").count(CUT_OFF) else ""
    own = NO_CORRECTION if of_its_own(facts, step) else ""
    ring = (RING_AGAIN if heard else RING_NOW).format(how=told.how(step), meanwhile=told.meanwhile)
    return f"{facts.policy.phones.words} {again}{early}{ring}{_of_unknown(facts, step)}{own}{cut}{others}"


def _of_unknown(facts: Facts, step: ReportsHarm) -> str:
    unknown = [*filter(facts.is_not_here, step.at_risk)]
    return NAMES_OTHERS.format(it=facts.request.kind.noun, children=", ".join(unknown)) if unknown else ""


def _another(told: ToldAtOnce, facts: Facts, report: ReportsHarm) -> str:
    """How somebody who was spoken to says it of another report, too."""
    at = local_time(first_said(facts, report).accepted_at)
    return ANOTHER.format(report=at, command=told.command(facts, report))


def _names_a_child_not_here(before: Facts, after: Facts, step: ReportSignificantHarm) -> Iterator[None]:  # noqa: ARG001 (asked with all)
    """Once: whoever says anew who was spoken to names the same child again."""
    if any(map(after.is_not_here, newly_named(after, step))):
        yield None


NOTE: Note[Facts] = Note(ReportsHarm, ToldAtOnce())

RAISING: Raising[Facts] = Raising(ReportSignificantHarm, CHILD_NOT_HERE, _names_a_child_not_here)

SPOKEN_TO: Need[Facts] = Need(
    "SU-01",
    ReportSignificantHarm,
    Role.SOCIAL_WORKER,
    "A risk of significant harm was reported. Ring Duty and Advice at once (out of hours, the emergency duty team). "
    "Then record who was spoken to and when: send the report again, as a correction of the first. If the service "
    "declined the child because of the risk, send a report about that child instead.",
    met=lambda f: not f.nobody_spoken_to,
    clock=ClockKind.SIGNIFICANT_HARM,
    everywhere=True,
)

NOT_TAKEN: Need[Facts] = Need(
    "SU-01",
    ReportSignificantHarm,
    Role.SOCIAL_WORKER,
    "A report of significant harm came that could not be taken; the timeline says what could be read of it. Ring Duty "
    "and Advice at once (out of hours, the emergency duty team), and record the report.",
    met=lambda f: not f.harm_not_taken,
    clock=ClockKind.HARM_NOT_TAKEN,
    everywhere=True,
)

WHO_IS_MEANT: Need[Facts] = Need(
    "SU-01",
    ReportSignificantHarm,
    Role.SOCIAL_WORKER,
    "A report of significant harm names somebody who is not in this transfer: ask now who reported it which child is "
    "meant. If it was mistyped, have it sent again, as a correction, with the right child. If it is a child of others, "
    "ring Duty and Advice about that child, too, have it reported where the child is, and have operations record the "
    "item as done by hand.",
    met=lambda f: all(item.problem != CHILD_NOT_HERE for item in f.open_attention),
    everywhere=True,
)
"""Nothing ends before somebody knows which child is in danger."""

TIME_IS_UP = (
    TimeIsUp(
        "SU-01",
        ClockKind.SIGNIFICANT_HARM,
        ReportSignificantHarm,
        "It is still not recorded who was spoken to at Duty and Advice about a risk of significant harm. Find out now "
        "whether somebody rang; if nobody did, ring yourself. Then have it recorded.",
    ),
    TimeIsUp(
        "SU-01",
        ClockKind.HARM_NOT_TAKEN,
        ReportSignificantHarm,
        "A report of significant harm that could not be taken has still not been recorded. Make sure now that Duty "
        "and Advice has been rung (out of hours, the emergency duty team), and that the report is recorded.",
    ),
)
"""What a team manager is asked when nobody has said who was spoken to, while people were told again and again."""
