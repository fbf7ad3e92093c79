"""Whatever is recorded of a referral, in whatever order: it stays on a clock, and ends as the guidance says."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from models.journey.answers import NextStep
from models.journey.details import details
from models.journey.harm_outcome import HarmOutcome
from models.journey.ladder import next_rung
from models.journey.missing import is_closed
from models.journey.steps import ReportSignificantHarm, Step, step_name
from models.kinds import ClockKind
from models.step_up.facts import GOES_FURTHER, StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.stage import Outcome
from models.step_up.stages.assessment import MAY_BE_UNSAFE
from models.step_up.start import ReferrerKind
from models.step_up.steps.assessment import (
    Assessed,
    CancelReferral,
    RecordAssessmentOutcome,
    RecordDisagreement,
    RecordReferrerTold,
    RecordSocialWorker,
)
from models.step_up.steps.contact import RecordContact
from models.step_up.steps.decision import RecordContactOutcome, RecordStrategyDiscussion
from models.step_up.steps.every import STEPS
from models.vocabulary import OUTSIDE, Actor, Role
from tests import step_ups as said
from tests.builders import CHILD, NOW, SIBLING

COUSIN = "child-c"
OUTSIDER = Actor(id="aunt", role=Role.FAMILY)
LEADER = Actor(id="leader-1", role=Role.TARGETED_SERVICES_LEADER)
AT_MOST = 80
"""More steps than any referral needs until it is closed, if everybody does what is asked."""


class Referred:
    """One referral, and everything that may befall it."""

    def __init__(self, dice: Random) -> None:
        self.dice, self.ids, self.now = dice, count(1), NOW
        self.story: list[str] = []
        self.taken: list[Step] = []
        """In their order."""
        start: dict[str, Any] = {"significant_harm": self.perhaps()}
        if self.perhaps():
            start["parents"] = self.dice.choice((said.AGREED, said.NOT_ASKED, {**said.AGREED, "agreed": False}))
        if self.perhaps():
            start["spoken_to"] = said.SPOKEN
        self.facts = said.facts(referrer=said.referrer(self.dice.choice([*ReferrerKind])), **start)

    def perhaps(self) -> bool:
        return self.dice.random() < 0.5

    def tell(self, what: str) -> None:
        self.story.append(f"{self.now:%a %d %H:%M} {what}")

    @property
    def is_closed(self) -> bool:
        return is_closed(STEP_UP, self.facts)

    def go(self) -> None:
        for _ in range(self.dice.randrange(14)):
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
            kind = self.dice.choice([kind for kind in STEPS if step_name(kind) in WAYS])
            step = self.filled(kind)
            self.try_to_record(self.as_a_correction(step) if self.perhaps() else step)

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
        if step.actor.role in OUTSIDE:
            assert self.facts.receipts[-1].next_steps == (), "somebody outside reads what is done"
        self.taken.append(step)
        return True

    def filled(self, kind: type[Step], *children: str) -> Step:
        about = {"step_id": f"step-{next(self.ids)}", "occurred_at": self.now - timedelta(minutes=1)}
        return WAYS[step_name(kind)](self, children, about)

    def some(self, children: tuple[str, ...]) -> tuple[str, ...]:
        """These; where none are meant, any of them."""
        refs = self.facts.child_refs
        return children or tuple(self.dice.sample(refs, self.dice.randint(1, len(refs))))

    def spoken(self) -> dict[str, Any]:
        return {"who": "The duty worker", "at": self.now - timedelta(minutes=1)}

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
        children = tuple(way.child for way in need.ways if way.child is not None) or self.facts.child_refs
        if need.step == "answer_disagreement":
            for one in need.of:
                for actor in (said.HEAD,) if need.who is Role.HEAD_OF_SERVICE else (said.MANAGER, LEADER):
                    yield self.filled(kinds[need.step]).model_copy(update={"of": one.step_id, "actor": actor})
        elif need.step is not None:
            for _ in range(6):
                yield self.filled(kinds[need.step], *children)


Way = Callable[[Referred, tuple[str, ...], dict[str, Any]], Step]


def _contact(referred: Referred, children: tuple[str, ...], about: dict[str, Any]) -> Step:
    parents = {"parents": referred.dice.choice((said.AGREED, said.NOT_ASKED))} if children or referred.perhaps() else {}
    return said.contact(*referred.some(children), spoken_to=referred.spoken(), **parents, **about)


def _decided(referred: Referred, children: tuple[str, ...], about: dict[str, Any]) -> Step:
    ways: list[HarmOutcome | tuple[HarmOutcome, ...]] = [*HarmOutcome, (said.ASSESSMENT, said.EMERGENCY)]
    of = {ref: referred.dice.choice(ways) for ref in referred.some(children)}
    return said.decided(of, said_at=about["occurred_at"], **about)


def _strategy(referred: Referred, children: tuple[str, ...], about: dict[str, Any]) -> Step:
    return said.strategy(*referred.some(children), section_47=referred.perhaps(), held_at=about["occurred_at"], **about)


def _assessed(referred: Referred, children: tuple[str, ...], about: dict[str, Any]) -> Step:
    return said.assessed({ref: referred.dice.choice([*Assessed]) for ref in referred.some(children)}, **about)


def _worker(referred: Referred, children: tuple[str, ...], about: dict[str, Any]) -> Step:
    return said.worker(*referred.some(children), taken_over_at=about["occurred_at"], **about)


def _told(referred: Referred, _: tuple[str, ...], about: dict[str, Any]) -> Step:
    if referred.perhaps():
        return said.not_told(**about)
    return said.told(**({"said_safe_by": "The duty worker"} if referred.perhaps() else {}), **about)


def _disagreement(referred: Referred, _: tuple[str, ...], about: dict[str, Any]) -> Step:
    return said.disagreement(actor=referred.dice.choice((said.HUB, said.MANAGER, OUTSIDER)), **about)


def _answer(referred: Referred, _: tuple[str, ...], about: dict[str, Any]) -> Step:
    of = [step.step_id for step in referred.taken if isinstance(step, RecordDisagreement)]
    actor = referred.dice.choice((said.MANAGER, said.HEAD))
    return said.answer(of=of[-1] if of else "none", settled=referred.perhaps(), actor=actor, **about)


def _harm(referred: Referred, children: tuple[str, ...], about: dict[str, Any]) -> Step:
    spoken = {"spoken_to": referred.spoken()} if children or referred.perhaps() else {}
    earlier = referred.facts.harm_reports
    corrects = {"corrects": earlier[-1].step_id} if earlier and not children and referred.perhaps() else {}
    of = (*referred.some(children), COUSIN) if referred.dice.random() < 0.2 else referred.some(children)
    concern = f"New marks, of the {referred.now:%d %B}, seen by {about['step_id']}."
    actor = said.HUB if children else referred.dice.choice((said.HUB, OUTSIDER))
    return said.harm(*dict.fromkeys(of), concern=concern, actor=actor, **spoken, **corrects, **about)


WAYS: dict[str, Way] = {
    "record_contact": _contact,
    "record_advice_taken": lambda _, __, about: said.advice(**about),
    "record_contact_outcome": _decided,
    "record_strategy_discussion": _strategy,
    "record_household": lambda _, __, about: said.household(**about),
    "record_designated_officer": lambda r, _, about: said.allegation(taken_by=r.spoken(), **about),
    "record_assessment_outcome": _assessed,
    "record_social_worker": _worker,
    "record_referrer_told": _told,
    "record_disagreement": _disagreement,
    "answer_disagreement": _answer,
    "cancel": lambda _, __, about: said.cancellation(**about),
    "report_significant_harm": _harm,
}
"""How somebody fills in each step."""


def always_holds(referred: Referred) -> None:
    """What holds after everything that happens."""
    now = referred.facts
    told = {clock for alert in now.alerts for clock in alert.clocks}
    for report in (
        step for step in referred.taken if isinstance(step, ReportSignificantHarm) and step.corrects is None
    ):
        assert f"significant_harm/report-{report.step_id}" in told, "a report of harm is told at once"
    if referred.is_closed:
        ended_well(referred)
        return
    assert now.open_clocks() or now.open_attention or now.unfinished, "it stands, and no clock runs"
    assert said.waiting_for(now) != ("nobody",), "it stands, and waits for nobody"
    if now.nobody_spoken_to:
        assert now.open_clocks(ClockKind.SIGNIFICANT_HARM), "nobody was spoken to, and nobody is told"


def ended_well(referred: Referred) -> None:
    """What holds at the end, by what was recorded alone."""
    now, outcome = referred.facts, STEP_UP.outcome(referred.facts)
    referred.tell(f"closed: {outcome}")
    assert StepUpFacts.model_validate_json(now.model_dump_json()).model_dump() == now.model_dump()
    assert details(said.status(now))
    assert not now.open_clocks()
    assert not now.unfinished
    reports = [step for step in referred.taken if isinstance(step, ReportSignificantHarm)]
    if outcome == Outcome.CANCELLED:
        assert not reports
        assert not now.request.says_harm, "harm was reported, and it was cancelled"
    else:
        for ref in now.child_refs:
            nobody_is_left(referred, ref)
        assert any(isinstance(step, RecordContact) and step.parents for step in referred.taken) or now.request.parents
    last = {type(step): place for place, step in enumerate(referred.taken)}
    decisions = (RecordContactOutcome, RecordAssessmentOutcome, CancelReferral)
    assert last[RecordReferrerTold] > max(last.get(kind, -1) for kind in decisions), "they have not heard of the last"
    for step in referred.taken:
        unsafe = now.request.referrer.kind in MAY_BE_UNSAFE
        if isinstance(step, RecordReferrerTold) and unsafe and step.said:
            assert step.said_safe_by, "nobody at Duty and Advice called that safe"


def nobody_is_left(referred: Referred, ref: str) -> None:
    """The child was decided on since harm was reported last; what was begun has ended; somebody has them."""
    of = [(place, step) for place, step in enumerate(referred.taken) if step.names(ref)]
    corrected = {step.corrects for _, step in of}
    outcomes = [(place, step) for place, step in of if isinstance(step, RecordContactOutcome)]
    assert outcomes, "nobody has said what the contact came to"
    new = [place for place, step in of if isinstance(step, ReportSignificantHarm) and step.corrects is None]
    assert outcomes[-1][0] > max(new, default=-1), "nobody has said what came of the last report"
    goes_further = [
        place
        for place, step in of
        if step.step_id not in corrected
        and (
            (isinstance(step, RecordContactOutcome) and GOES_FURTHER & {*_of(step, ref).outcomes})
            or (isinstance(step, RecordStrategyDiscussion) and step.section_47)
        )
    ]
    ends = [(place, step) for place, step in of if isinstance(step, RecordAssessmentOutcome)]
    if goes_further:
        assert ends, "nobody has said what came of an assessment"
        assert ends[-1][0] > goes_further[-1], "nobody has said what came of the last one"
    if ends and _of(ends[-1][1], ref).outcome is not Assessed.NO_SOCIAL_WORK:
        workers = [place for place, step in of if isinstance(step, RecordSocialWorker)]
        assert workers, "social work goes on, and no social worker has the child"


def _of(step: Any, ref: str) -> Any:
    return next(child for child in step.children if child.ref == ref)


@pytest.mark.parametrize("referrals", [60, pytest.param(500, marks=pytest.mark.long)])
@pytest.mark.clause("SU-01")
@pytest.mark.clause("SU-03")
@pytest.mark.clause("SU-06")
@pytest.mark.clause("SU-08")
def test_whatever_is_recorded_a_referral_stays_on_a_clock_and_no_child_is_left_with_nobody(referrals: int) -> None:
    ended: Counter[str | None] = Counter()

    @settings(
        max_examples=referrals,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True))
    def play_one(dice: Random) -> None:
        referred = Referred(dice)
        try:
            referred.go()
        finally:
            note("\n".join(referred.story))
        ended[STEP_UP.outcome(referred.facts)] += 1

    play_one()
    assert set(ended) == set(Outcome)


def test_every_step_that_a_person_records_of_a_referral_is_tried() -> None:
    of_others = {"reassign", "recalculate_clocks", "resolve_attention"}
    assert {step_name(kind) for kind in STEPS} - of_others == WAYS.keys()
    assert {CHILD, SIBLING} == {*said.EVERYONE}
