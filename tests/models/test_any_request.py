"""Whatever is recorded of a request, in whatever order: it stays seen and on a clock, and ends as the guidance says."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.situation import Situation
from models.help_request.stage import NEEDS_ADMISSION, Outcome
from models.help_request.start import FormPart
from models.help_request.steps.admission import (
    ReadForHarm,
    ReceiveDocuments,
    RecordConsent,
    ReturnIncomplete,
    WithdrawConsent,
)
from models.help_request.steps.every import STEPS
from models.help_request.steps.response import CancelRequest, RecordReferrerTold, RecordResponse
from models.journey.answers import NextStep
from models.journey.details import details
from models.journey.ladder import next_rung
from models.journey.missing import is_closed
from models.journey.steps import ReportSignificantHarm, SpokenTo, Step, step_name
from models.vocabulary import Actor, Role
from tests import help_requests as said
from tests.builders import CHILD, NOW, SIBLING

DUTY = Actor(id="duty-1", role=Role.DUTY_AND_ADVICE)
HELD = {"child": SIBLING, "holder": "transfer-7", "kind": "step-down"}
AT_MOST = 60
"""More steps than any request needs until it is closed, if everybody does what is asked."""


class Request:
    """One request, and everything that may befall it."""

    def __init__(self, dice: Random) -> None:
        self.dice, self.ids, self.now = dice, count(1), NOW
        self.story: list[str] = []
        self.taken: list[Step] = []
        """In their order, each with when it was recorded."""
        start = said.WHOLE if self.often() else {}
        self.facts = said.facts(
            plan_open=not self.often(),
            **start,
            **({"harm": {"children": ({"ref": CHILD},), "concern": "New marks."}} if self.seldom() else {}),
            **({"opened": {"elsewhere": (HELD,)}} if self.seldom() else {}),
        )

    def often(self) -> bool:
        return self.dice.random() < 0.8

    def seldom(self) -> bool:
        return self.dice.random() < 0.1

    def tell(self, what: str) -> None:
        self.story.append(f"{self.now:%a %d %H:%M} {what}")

    @property
    def is_closed(self) -> bool:
        return is_closed(HELP_REQUEST, self.facts)

    def go(self) -> None:
        for _ in range(self.dice.randrange(12)):
            self.let_something_happen()
            always_holds(self)
            if self.is_closed:
                return
        self.tell("from here on everybody does what is asked")
        for _ in range(AT_MOST):
            self.do_what_is_asked()
            always_holds(self)
            if self.is_closed:
                return
        raise AssertionError(f"it never ends: {[need.ask for need in said.next_steps(self.facts)]}")

    def let_something_happen(self) -> None:
        if self.dice.random() < 0.25:
            self.now += timedelta(hours=self.dice.choice((1, 5, 30, 100)))
            self.tell("time passes")
            self.facts = said.let_time_pass(self.facts, self.now)
        else:
            self.try_to_record(self.any_step())

    def try_to_record(self, step: Step) -> bool:
        refused = said.refusal(self.facts, step, self.now)
        if refused is not None:
            self.tell(f"refused: {step_name(type(step))}: {refused.words}")
            assert not isinstance(step, ReportSignificantHarm) or step.corrects, "harm can always be reported"
            return False
        before = self.facts
        self.facts = said.record(self.facts, step, self.now)
        self.tell(f"{step_name(type(step))}: {step.gist}")
        assert self.facts.steps[:-1] == before.steps, "what was recorded stays as it was"
        self.taken.append(step)
        return True

    def any_step(self) -> Step:
        return self.filled(self.dice.choice([kind for kind in STEPS if step_name(kind) in WAYS]))

    def filled(self, kind: type[Step], answers: Outcome | None = None) -> Step:
        about = {"step_id": f"step-{next(self.ids)}", "occurred_at": self.now - timedelta(minutes=1)}
        return WAYS[step_name(kind)](self, answers, about)

    def spoken(self) -> SpokenTo:
        return SpokenTo(who="The duty worker", at=self.now - timedelta(minutes=2))

    def do_what_is_asked(self) -> None:
        """The first thing that is asked; later ones, if that is refused."""
        asked = said.next_steps(self.facts)
        for need in asked:
            for step in self.as_asked(need):
                if self.try_to_record(self.as_a_correction(step)):
                    return
        if asked and (coming := next_rung(self.facts)) is not None:
            self.now = max(self.now, coming.at.astimezone(UTC))
            self.facts = said.let_time_pass(self.facts, self.now)
            return
        raise AssertionError(f"whatever is asked is refused: {[need.ask for need in asked]}")

    def as_a_correction(self, step: Step) -> Step:
        """The same, saying what it corrects, where it is refused without that."""
        said_no = said.refusal(self.facts, step, self.now)
        may = said_no.may_correct if said_no is not None else None
        return step if may is None else step.model_copy(update={"corrects": may})

    def as_asked(self, need: NextStep) -> Iterator[Step]:
        kinds = {step_name(kind): kind for kind in STEPS}
        if need.step is None or need.step not in kinds:
            return
        if need.step == "complete_request" and self.dice.random() < 0.5:
            yield self.filled(kinds["record_response"], Outcome.NOT_COMPLETED)
        if need.step == "record_response":
            if self.dice.random() < 0.3:
                yield self.filled(ReturnIncomplete)
            for outcome in self.dice.sample(list(Outcome), len(Outcome)):
                if outcome not in {Outcome.CANCELLED, Outcome.WAITING}:
                    yield self.filled(kinds[need.step], outcome)
        elif need.step == "report_significant_harm":
            if any(isinstance(one, RecordResponse) for one in self.facts.nobody_spoken_to):
                yield self.filled(kinds["record_response"], Outcome.REDIRECTED)
            reports = (one for one in self.facts.nobody_spoken_to if isinstance(one, ReportSignificantHarm))
            of = next((report.step_id for report in reports), None)
            yield self.filled(kinds[need.step]).model_copy(update={"spoken_to": self.spoken(), "corrects": of})
        else:
            yield self.filled(kinds[need.step])


def _response(request: Request, answers: Outcome | None, about: dict) -> Step:
    outcome = answers or request.dice.choice([o for o in Outcome if o is not Outcome.CANCELLED])
    taken = {"who": "The social worker", "at": about.get("occurred_at", request.facts.began_at)}
    elsewhere = {"taken_by": taken} if request.facts.others_answer and outcome is not Outcome.REDIRECTED else {}
    usual = {
        Outcome.SIGNPOSTED: {"kind_of_service": "youth_work"},
        Outcome.ROUTED: {"routed_to": "The social worker", "taken_by": taken},
        Outcome.REDIRECTED: {
            "children": ({"ref": CHILD}, {"ref": SIBLING}),
            **({"spoken_to": request.spoken()} if answers or request.often() else {}),
        },
        Outcome.WAITING: {
            "until_about": (request.now + timedelta(days=30)).date(),
            "review_on": (request.now + timedelta(days=10)).date(),
            "owner": "hub-1",
        },
    }.get(outcome, {})
    considered = {"risk_considered": "Nothing points to harm; the school sees them each day."}
    ended = [step for step in request.taken if isinstance(step, RecordResponse)]
    corrects = {"corrects": ended[-1].step_id} if ended and request.dice.random() < 0.5 else {}
    return said.response(
        outcome, **{**elsewhere, **usual}, **corrects, **(considered if answers or request.often() else {}), **about
    )


def _harm(request: Request, _: Outcome | None, about: dict) -> Step:
    spoken = {"spoken_to": request.spoken()} if request.dice.random() < 0.4 else {}
    earlier = request.facts.harm_reports
    corrects = {"corrects": earlier[-1].step_id} if earlier and request.dice.random() < 0.3 else {}
    concern = f"New marks, of the {request.now:%d %B}, seen by {about['step_id']}."
    return said.harm(concern=concern, **spoken, **corrects, **about)


def _cancellation(request: Request, _: Outcome | None, about: dict) -> Step:
    considered = {"risk_considered": "The aunt will ring again if she worries."} if request.often() else {}
    return said.cancellation(reason_code=request.dice.choice(("opened_in_error", "other")), **considered, **about)


def _documents(request: Request, _: Outcome | None, about: dict) -> Step:
    parts = (FormPart.PART_1, FormPart.PART_2)
    return said.documents(*parts, **({"version": said.OLD} if request.seldom() else {}), **about)


def _told(request: Request, _: Outcome | None, about: dict) -> Step:
    safe = {"said_safe_by": "The duty worker"} if request.facts.harm_stands else {}
    return said.told(**safe, **about)


def _situations(request: Request, _: Outcome | None, about: dict) -> Step:
    children = (CHILD, SIBLING) if request.often() else (CHILD,)
    return said.situations({ref: request.dice.choice([*Situation]) for ref in children}, **about)


WAYS = {
    "read_for_harm": lambda _, __, about: said.read(**about),
    "receive_documents": _documents,
    "record_consent": lambda _, __, about: said.consent(**about),
    "record_reach": lambda _, __, about: said.reach(**about),
    "answer_open_plan": lambda r, _, about: said.plan(is_open=r.seldom(), **about),
    "withdraw_consent": lambda _, __, about: said.withdrawal(**about),
    "answer_risk_matrix": lambda _, __, about: said.matrix(**about),
    "record_graduated_response": lambda _, __, about: said.tried(**about),
    "return_incomplete": lambda _, __, about: said.returned(**about),
    "complete_request": lambda _, __, about: said.completed(**about),
    "record_response": _response,
    "record_referrer_told": _told,
    "take_over": lambda _, __, about: said.taken_over(**about),
    "record_situations": _situations,
    "reassign": lambda r, _, about: said.given_to(r.dice.choice(("service-south", "service-north")), **about),
    "cancel": _cancellation,
    "report_significant_harm": _harm,
}
"""How somebody fills in each step."""


def always_holds(request: Request) -> None:
    """What holds after everything that happens."""
    now = request.facts
    told = {clock for alert in now.alerts for clock in alert.clocks}
    for report in (step for step in request.taken if isinstance(step, ReportSignificantHarm) and step.corrects is None):
        assert f"significant_harm/report-{report.step_id}" in told, "a report of harm is told at once"
    if request.is_closed:
        ended_well(request)
        return
    assert now.open_clocks() or now.open_attention or now.unfinished, "it stands, and no clock runs"
    assert said.waiting_for(now) != ("nobody",), "it stands, and waits for nobody"


def ended_well(request: Request) -> None:
    """What holds at the end, by what was recorded alone."""
    steps, now = request.taken, request.facts
    outcome = HELP_REQUEST.outcome(now)
    request.tell(f"closed: {outcome}")
    assert HelpFacts.model_validate_json(now.model_dump_json()).model_dump() == now.model_dump()
    assert details(said.status(now))
    assert not now.open_clocks()
    assert not now.unfinished
    last = {kind: place for place, step in enumerate(steps) for kind in [type(step)]}
    after = lambda first, then: last.get(first, -1) > last.get(then, -1)  # noqa: E731
    responses = [step for step in steps if isinstance(step, RecordResponse)]
    reports = [step for step in steps if isinstance(step, ReportSignificantHarm)]
    first_report = next(
        (place for place, step in enumerate(steps) if isinstance(step, ReportSignificantHarm)), len(steps)
    )
    cancelled_before = last.get(CancelRequest, len(steps)) < first_report
    if (reports and not cancelled_before) or now.request.says_harm:
        assert outcome == Outcome.REDIRECTED, "after a report of harm it ends with Duty and Advice"
    else:
        assert after(ReadForHarm, ReceiveDocuments), "what came last was read for harm"
    if outcome == Outcome.REDIRECTED:
        spoken = [*responses, *reports]
        assert any(step.spoken_to for step in spoken if step.actor.role is not Role.REFERRER), "nobody has said it"
    if outcome in NEEDS_ADMISSION:
        withdrawn = last.get(WithdrawConsent, -1)
        assert withdrawn < 0 or last.get(RecordConsent, -1) > withdrawn, "support that the family does not want"
        assert now.reach is not None, "support for a family whom nobody can reach safely"
    if outcome in {Outcome.DECLINED_BY_FAMILY, Outcome.NOT_REACHED, Outcome.NOT_COMPLETED}:
        assert responses[-1].risk_considered, "nobody has said what that means for the risk"
    if outcome == Outcome.NOT_COMPLETED:
        assert ReturnIncomplete in last
    if outcome == Outcome.CANCELLED:
        said_so = steps[last[CancelRequest]]
        assert said_so.risk_considered or said_so.reason_code == "opened_in_error"
    elif outcome is not None:
        assert after(RecordReferrerTold, RecordResponse), "the referrer has not heard of the last response"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("requests", [60, pytest.param(500, marks=pytest.mark.long)])
@pytest.mark.clause("ER-06")
@pytest.mark.clause("ER-07")
@pytest.mark.clause("ER-12")
@pytest.mark.clause("ER-14")
@pytest.mark.clause("ER-15")
def test_whatever_is_recorded_a_request_stays_on_a_clock_and_ends_as_the_guidance_says(requests: int) -> None:
    ended: Counter[str | None] = Counter()

    @settings(
        max_examples=requests,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True))
    def play_one(dice: Random) -> None:
        request = Request(dice)
        try:
            request.go()
        finally:
            note("\n".join(request.story))
        ended[HELP_REQUEST.outcome(request.facts)] += 1

    play_one()
    assert set(ended) == set(Outcome) - {Outcome.WAITING}
