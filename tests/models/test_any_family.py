"""Families in whatever journeys, in whatever order, for months: no child is left with nobody, and nothing is doubled.

The register's hold, and what journeys open and tell each other, are kept and carried out here: late, twice, or after
the other has ended. How a single journey goes wrong, the tests of each journey ask.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from models.effects import Effect, Ended
from models.help_request.journey import HELP_REQUEST
from models.help_request.start import HelpRequest
from models.help_request.steps.admission import RecordSituations
from models.help_request.steps.response import CancelRequest, RecordResponse
from models.journey import missing
from models.journey.beginning import begun
from models.journey.harm_outcome import HarmOutcome
from models.journey.recorded import Elsewhere
from models.journey.recording import record_result
from models.journey.reports import FROM_ANOTHER
from models.journey.start import Start
from models.journey.steps import ReportsHarm, ReportSignificantHarm, Step, step_name
from models.kinds import EffectKind, JourneyKind
from models.links.outcome import told_back
from models.links.referral import out_of_request, referral
from models.links.request import out_of_referral
from models.links.step_down import start_out_of
from models.links.words import who_was_spoken_to
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.start import Referral, ReferrerKind
from models.step_up.steps.assessment import Assessed, RecordAssessmentOutcome
from models.step_up.steps.decision import RecordContactOutcome
from tests import builders, help_requests, step_ups
from tests.builders import CHILD, NOW, SIBLING, opening, result
from tests.models import test_any_referral as any_referral
from tests.models import test_any_request as any_request
from tests.models.books import CLOSE, REOPEN
from tests.models.journey import Journey
from tests.models.oracle import Oracle
from tests.models.test_journeys import watch

LINKS = (EffectKind.OPEN_JOURNEY, EffectKind.TELL_JOURNEY)
HAS_A_SOCIAL_WORKER = {"open_to_social_work", "looked_after"}
AT_MOST = 1200
"""More turns than any family needs until all is closed, if everybody does what is asked."""
BY_HAND = 4
"""How many journeys people begin for one family; the others follow from them."""


class OneRequest(any_request.Request):
    """A request for Early Help in a family."""

    kind, tables, said = JourneyKind.HELP_REQUEST, HELP_REQUEST, help_requests

    def __init__(self, family: "Family", start: HelpRequest, held: tuple[Elsewhere, ...]) -> None:
        self.dice, self.ids, self.story, self.taken = family.dice, count(1), family.story, []
        self.now = family.now
        self.facts = opened(self, start, held)

    def filled(self, kind: type[Step], answers: Any = None) -> Step:
        """About the children of this request."""
        step, refs = super().filled(kind, answers), self.facts.child_refs
        named = getattr(step, "children", ())
        if isinstance(step, RecordSituations | ReportSignificantHarm | RecordResponse) and named:
            here = tuple(child for child in named if child.ref in refs)
            step = step.model_copy(update={"children": here or (named[0].model_copy(update={"ref": refs[0]}),)})
        return step

    def try_to_record(self, step: Step) -> bool:
        return recorded(self, step)

    def passes(self) -> None:
        if not only_waits_for_another(self):
            any_request.always_holds(self)


class OneReferral(any_referral.Referred):
    """A referral to Children's Social Work in a family."""

    kind, tables, said = JourneyKind.STEP_UP, STEP_UP, step_ups

    def __init__(self, family: "Family", start: Referral, held: tuple[Elsewhere, ...]) -> None:
        self.dice, self.ids, self.story, self.taken = family.dice, count(1), family.story, []
        self.now = family.now
        self.facts = opened(self, start, held)

    def filled(self, kind: type[Step], *children: str) -> Step:
        """Now and then needs remain where there is no social work."""
        step: Any = super().filled(kind, *children)
        if isinstance(step, RecordAssessmentOutcome) and self.perhaps():
            ends = Assessed.NO_SOCIAL_WORK
            now = (it.model_copy(update={"needs_remain": it.outcome is ends or None}) for it in step.children)
            step = step.model_copy(update={"children": tuple(now)})
        return step

    def try_to_record(self, step: Step) -> bool:
        return recorded(self, step)

    def passes(self) -> None:
        if not only_waits_for_another(self):
            any_referral.always_holds(self)


class OneTransfer(Journey):
    """A step-down in a family; what it opens and tells is carried out there."""

    kind, tables = JourneyKind.STEP_DOWN, STEP_DOWN

    def __init__(self, family: "Family", start: StepDownRequest) -> None:
        super().__init__(family.dice, watch)
        self.family, self.story, self.now = family, family.story, family.now
        usual = self.facts.opening
        self.oracle = Oracle(builders.facts(request=start, opening=usual), self.oracle.without_mosaic)
        self.know(self.facts)

    @property
    def taken(self) -> list[Step]:
        return [entry.step for entry in self.facts.steps]

    @property
    def is_closed(self) -> bool:
        return missing.is_closed(STEP_DOWN, self.facts) and not self.due

    @property
    def free(self) -> list[Effect]:
        return [effect for effect in super().free if effect.kind not in LINKS]

    def cannot_be_done(self, effect: Effect) -> bool:
        """Nor is a child added whom another step-down holds."""
        held = effect.kind is EffectKind.RESERVE_CHILD and self.family.holder(effect.child, self) is not None
        return held or Journey.cannot_be_done(effect)

    def passes(self) -> None:
        self.watch(self)


One = OneRequest | OneReferral | OneTransfer


def opened(one: Any, start: Start, held: tuple[Elsewhere, ...]) -> Any:
    """As the workflow opens it."""
    kind = StepUpFacts if isinstance(start, Referral) else help_requests.HelpFacts
    first = begun(one.tables, kind(request=start, opened_at=one.now))
    return settled(one, first.having(opening=opening(people=(), elsewhere=held)))


def settled(one: Any, now: Any) -> Any:
    """What is evidence is kept; what is due, done at once, but for what goes to other journeys; clocks stand right."""
    now = now.having(evidence_kept=len(now.steps))
    if isinstance(one, OneRequest):
        while new := [
            effect
            for effect in missing.wanted(HELP_REQUEST, now)
            if effect.kind not in LINKS and help_requests.to_be_done(now, effect)
        ]:
            done = (*now.effects, *map(result, new))
            now = now.having(begun=tuple(dict.fromkeys((*now.begun, *new))), effects=done)
    links = [effect for effect in missing.wanted(one.tables, now) if effect.kind in LINKS]
    now = now.having(begun=tuple(dict.fromkeys((*now.begun, *links))))
    return one.said.keeping_time(now, one.now)


def waits_for_links(one: Any) -> bool:
    return any(effect.kind in LINKS for effect in one.facts.unfinished)


def only_waits_for_another(one: Any) -> bool:
    """Nobody is asked for anything while another journey is being opened or told."""
    return waits_for_links(one) and not any(need.step for need in one.said.next_steps(one.facts))


def recorded(one: Any, step: Step) -> bool:
    """Whether it was taken; harm always is."""
    refused = one.said.refusal(one.facts, step, one.now)
    if refused is not None:
        one.tell(f"refused: {step_name(type(step))}: {refused.words}")
        assert not isinstance(step, ReportSignificantHarm) or step.corrects, "harm can always be reported"
        return False
    one.facts = settled(one, one.said.record_step(one.facts, step, one.now))
    one.tell(f"{one.facts.request.id[:9]} {step_name(type(step))}: {step.gist}")
    one.taken.append(step)
    return True


class Family:
    """One family, its journeys, and what goes from one to another."""

    def __init__(self, dice: Random) -> None:
        self.dice, self.now, self.numbers = dice, NOW, count(1)
        self.story: list[str] = []
        self.journeys: dict[str, One] = {}
        self.over: dict[str, Any] = {}
        """The ended ones, each as it ended."""
        self.handed: list[tuple[str, Effect, Start | Step]] = []
        """What was opened and told, each once: whose, for what, with which words."""
        self.orders: dict[tuple[str, Effect], Any] = {}
        """What is under way from one journey to another, as it was ordered."""
        self.names: dict[str, str] = {}
        """Whom the family must not know, by the referral in which they are named."""
        self.offered: set[str] = set()
        """The referrals whose offer of a step-down was taken up."""
        self.met: Counter[str] = Counter()

    def perhaps(self, often: float = 0.5) -> bool:
        return self.dice.random() < often

    @property
    def open(self) -> list[One]:
        return [one for ref, one in self.journeys.items() if ref not in self.over]

    def go(self) -> None:
        self.somebody_begins()
        for _ in range(self.dice.randrange(10, 40)):
            self.let_something_happen()
            always_holds(self)
        self.story.append("from here on everybody does what is asked")
        for _ in range(AT_MOST):
            if not self.open and not self.orders:
                return
            self.carry_out(all_of_it=True)
            self.take_up_an_offer()
            for one in self.open:
                self.do_what_is_asked(one)
                always_holds(self)
        raise AssertionError(f"it never ends: {[(one.kind, one.facts.request.id) for one in self.open]}")

    def let_something_happen(self) -> None:
        if len(self.journeys) < BY_HAND and self.perhaps(0.15):
            self.somebody_begins()
        if self.open and self.perhaps(0.9):
            one = self.dice.choice(self.open)
            if self.perhaps(0.4):
                self.do_what_is_asked(one)
            else:
                self.turn(one, one.let_something_happen)
                self.harm_after_the_closing(one)
        else:
            self.now += timedelta(days=self.dice.choice((1, 3, 10)))
            for one in self.open:
                self.turn(one, lambda: None)
        self.carry_out(all_of_it=False)
        self.take_up_an_offer()

    def harm_after_the_closing(self, one: One) -> None:
        if isinstance(one, OneTransfer) and any(map(one.oracle.is_closed, one.oracle.children)) and self.perhaps(0.2):
            self.turn(one, lambda: one.record_one(one.people.build("report_significant_harm")) and one.keep_evidence())
            self.turn(one, one.begin_what_is_due)

    def do_what_is_asked(self, one: One) -> None:
        if isinstance(one, OneTransfer):
            self.turn(one, lambda: self.next_of(one))
        else:
            self.turn(one, lambda: self.or_wait(one))

    def next_of(self, one: OneTransfer) -> None:
        one.keep_evidence()
        one.begin_what_is_due()
        if not one.is_closed and not one.somebody_does_something() and not waits_for_links(one):
            raise AssertionError(f"it does not go on: {missing.next_steps(STEP_DOWN, one.facts)}")
        one.begin_what_is_due()

    def or_wait(self, one: OneRequest | OneReferral) -> None:
        if not only_waits_for_another(one):
            one.do_what_is_asked()

    def turn(self, one: One, happens: Any) -> None:
        """The others stand still while something happens in one; time is the same for all."""
        others = {ref: other.facts for ref, other in self.journeys.items() if other is not one}
        self.bring_to_now(one)
        happens()
        self.now = max(self.now, one.now)
        assert others == {ref: self.journeys[ref].facts for ref in others}
        self.look_at(one)

    def bring_to_now(self, one: One) -> None:
        if one.now < self.now:
            if isinstance(one, OneTransfer):
                one.wait_until(self.now)
                return
            one.now = self.now
            one.facts = one.said.let_time_pass(one.facts, one.now)

    def look_at(self, one: One) -> None:
        """What it has for others is under way; where it has ended, the children whom it held are free."""
        ref = one.facts.request.id
        for effect in one.facts.unfinished:
            if effect.kind in LINKS and (ref, effect) not in self.orders:
                self.orders[ref, effect] = self.ordered(one, effect)
        if ref not in self.over and one.is_closed:
            assert not waits_for_links(one), "it has ended, and has something to say to others"
            self.over[ref] = one.facts
            self.story.append(f"{ref[:9]} has ended: {one.tables.outcome(one.facts)}")
            self.met[f"{one.kind} ended"] += 1
            self.free_children()

    def holder(self, child: str | None, but: One, kinds: Any = (JourneyKind.STEP_DOWN,)) -> One | None:
        """Which other open journey of these kinds holds the child."""
        freed = but.facts.request.frees
        others = (one for one in self.open if one is not but and one.kind in kinds and one.facts.request.id != freed)
        return next((one for one in others if child in self.holds(one)), None)

    def holds(self, one: One) -> set[str]:
        if isinstance(one, OneTransfer):
            return {*one.facts.child_refs}
        held = {said.child for said in one.facts.elsewhere}
        return {child.ref for child in one.facts.request.children} - held

    def elsewhere(self, start: Start) -> tuple[Elsewhere, ...]:
        mine = {start.id, start.frees}
        found = []
        for child in start.children:
            for one in self.open:
                other = one.facts.request
                if other.id not in mine and one.kind in start.held_by and child.ref in self.holds(one):
                    found.append(Elsewhere(child=child.ref, holder=other.id, kind=one.kind))
                    break
        return tuple(found)

    def free_children(self) -> None:
        """Who begins whatever is known takes the children whom nobody holds any more."""
        for one in self.open:
            if isinstance(one, OneTransfer):
                continue
            now = self.elsewhere(one.facts.request)
            if now != one.facts.elsewhere:
                self.bring_to_now(one)
                one.facts = settled(one, one.facts.having(elsewhere_now=now))
                self.met["a child taken later"] += 1
                assert not one.is_closed, "ending one never ends another"

    def start(self, start: Start) -> One:
        """A journey begins; none under the id of another."""
        assert start.id not in self.journeys, "it is opened twice"
        held = self.elsewhere(start)
        one: One
        if isinstance(start, Referral):
            one = OneReferral(self, start, held)
        elif isinstance(start, HelpRequest):
            one = OneRequest(self, start, held)
        else:
            assert isinstance(start, StepDownRequest)
            one = OneTransfer(self, start)
        origin = start.out_of.id[:9] if start.out_of else "nothing"
        children = ", ".join(child.ref for child in start.children)
        self.story.append(f"{self.now:%a %d %H:%M} {start.kind} {start.id[:9]} of {children} begins out of {origin}")
        self.journeys[start.id] = one
        self.look_at(one)
        return one

    def somebody_begins(self) -> None:
        number = next(self.numbers)
        children = self.dice.choice(((CHILD,), (SIBLING,), (CHILD, SIBLING)))
        [self.begin_request, self.begin_referral, self.begin_transfer][self.dice.randrange(3)](number, children)

    def begin_request(self, number: int, children: tuple[str, ...]) -> None:
        name = f"Quillane{number}"
        refs = tuple({"ref": ref} for ref in children)
        asks = {"who": f"Ada {name}", "kind": "family", "reached": "By telephone, before noon"}
        harm = {"harm": {"children": refs, "concern": "New marks."}} if self.perhaps(0.25) else {}
        said = {**(help_requests.WHOLE if self.perhaps(0.8) else {}), **harm}
        received = {"channel": "central_mailbox", "at": self.now}
        about = {"children": refs, "lead_child": children[0], "received": received, "referrer": asks}
        self.names[f"request-{number}"] = name
        self.start(help_requests.request(id=f"request-{number}", **about, **said))

    def begin_referral(self, number: int, children: tuple[str, ...]) -> None:
        name = f"Quillane{number}"
        seen = f"Ms {name} sees him cry." if self.perhaps() else "He cries at night."
        said = {"parents": step_ups.AGREED} if self.perhaps() else {}
        who = step_ups.referrer(self.dice.choice([*ReferrerKind]), who=f"Ada {name}")
        self.names[f"referral-{number}"] = name
        about = {"children": tuple({"ref": ref} for ref in children), "received_at": self.now, "referrer": who}
        about |= {"concern": seen, "significant_harm": self.perhaps()}
        self.start(step_ups.referral(id=f"referral-{number}", **about, **said))

    def begin_transfer(self, number: int, children: tuple[str, ...], **said: Any) -> bool:
        """Whether it begins: only of children whom no other step-down holds."""
        start = builders.request(*children, id=f"transfer-{number}", **said)
        may = not self.elsewhere(start)
        if may:
            self.start(start)
        return may

    def take_up_an_offer(self) -> None:
        """A step-down out of a referral that offers one, once."""
        for ref, one in [*self.journeys.items()]:
            if not isinstance(one, OneReferral) or ref in self.offered:
                continue
            offered = start_out_of(one.facts)
            if offered is None:
                continue
            self.offered.add(ref)
            self.is_not_named(str(offered.content))
            children = [child["ref"] for child in offered.content["children"]]
            begins = self.begin_transfer(next(self.numbers), (*children,), out_of=offered.content["out_of"])
            self.met["a step-down out of a referral"] += begins

    def ordered(self, one: One, effect: Effect) -> Start | Step:
        """What the workflow orders as it begins."""
        facts: Any = one.facts
        if effect.kind is EffectKind.TELL_JOURNEY:
            if isinstance(one, OneReferral):
                return told_back(facts, effect)
            return who_was_spoken_to(facts, effect, facts.to_refer)
        if isinstance(one, OneReferral):
            return out_of_referral(facts, effect)
        return out_of_request(facts, effect) if isinstance(one, OneRequest) else referral(facts, effect, facts.to_refer)

    def carry_out(self, *, all_of_it: bool) -> None:
        """What goes to others: late, or twice, as an answer was lost."""
        for (ref, effect), order in [*self.orders.items()]:
            if not all_of_it and self.perhaps(0.6):
                self.met["late"] += 1
                continue
            ended = self.hand_over(ref, effect, order)
            if self.perhaps(0.2):
                self.met["an answer lost"] += 1
                continue
            del self.orders[ref, effect]
            self.end(self.journeys[ref], effect, ended)

    def hand_over(self, ref: str, effect: Effect, order: Any) -> Ended:
        one = self.journeys[ref]
        wanted = effect in missing.wanted(one.tables, one.facts)
        if isinstance(order, Start):
            if order.id in self.journeys:
                self.met["found opened"] += 1
                return Ended.FOUND_DONE
            if wanted:
                self.handed.append((ref, effect, order))
                self.met[f"{order.kind} out of {one.kind}"] += 1
                self.start(order)
        elif wanted:
            self.tell(ref, effect, order)
        return Ended.DONE if wanted else Ended.STOPPED

    def tell(self, ref: str, effect: Effect, step: Step) -> None:
        to = str(effect.to)
        if to in self.over:
            self.met["told after its end"] += 1
            return
        other = self.journeys[to]
        if other.facts.entry(step.step_id) is not None or any(
            one.step_id == step.step_id for one in other.facts.rejected
        ):
            self.met["told twice"] += 1
            return
        self.handed.append((ref, effect, step))
        self.turn(other, lambda: self.take(other, step))

    def take(self, other: One, step: Step) -> None:
        """Nobody sits there who could say it otherwise: it has to be taken."""
        taken = other.record_one(step) if isinstance(other, OneTransfer) else other.try_to_record(step)
        self.met[f"{other.kind} is told"] += taken
        assert taken, f"what is told is not taken: {step!r}"

    def end(self, one: One, effect: Effect, ended: Ended) -> None:
        def ends() -> None:
            if isinstance(one, OneTransfer):
                one.end(effect, how=ended)
                one.begin_what_is_due()
            else:
                done = result(effect, ended).model_copy(update={"at": one.now})
                one.facts = settled(one, record_result(one.facts, done))

        self.turn(one, ends)

    def is_not_named(self, said: str, *but: str) -> None:
        for ref, name in self.names.items():
            assert ref in but or name not in said, "whom the family must not know is named in another journey"


def always_holds(family: Family) -> None:
    """What holds after everything that happens."""
    for one in family.open:
        one.passes()
        waits = one.facts.open_clocks() or one.facts.open_attention or one.facts.unfinished
        machine = isinstance(one, OneTransfer) and (one.due or not one.facts.evidence_is_kept)
        assert waits or machine, "it is open, and nothing is waited for"
    for kind in JourneyKind:
        held = Counter(child for one in family.open if one.kind is kind for child in family.holds(one))
        assert not held or max(held.values()) == 1, "two journeys of a kind hold a child"
    nothing_is_doubled(family)
    for ref, order in ((ref, order) for ref, _, order in family.handed):
        # Who asks for help and is worried stands in the referral that follows from it, as who is worried.
        may = (ref,) if isinstance(order, Referral) else ()
        family.is_not_named(order.model_dump_json(), *may)
    for ref, ended in family.over.items():
        one = family.journeys[ref]
        assert ended is one.facts, "what has ended changes no more"
        for child in one.facts.child_refs:
            somebody_has(family, one, child)


def nothing_is_doubled(family: Family) -> None:
    for one in family.journeys.values():
        starts = [s for ref, _, s in family.handed if ref == one.facts.request.id and isinstance(s, Start)]
        for child in {child.ref for start in starts for child in start.children}:
            times = sum(child in {named.ref for named in start.children} for start in starts)
            if isinstance(one, OneReferral):
                assert times <= len([*words_for_early_help(one, child)]), "two requests for one word"
            else:
                assert times <= len([*reports_of(one, child)]), "two referrals for one report"


def words_for_early_help(one: OneReferral, child: str) -> Iterator[Step]:
    """Each word of Early Help that is not only the last one again."""
    before = None
    for entry in one.facts.steps:
        step: Any = entry.step
        if isinstance(step, RecordContactOutcome) and step.names(child):
            says = next(HarmOutcome.EARLY_HELP in it.outcomes for it in step.children if it.ref == child)
            if says and before != "early help":
                yield step
            before = "early help" if says else "other"
        elif isinstance(step, ReportsHarm) and child in step.at_risk:
            before = "harm"


def reports_of(one: One, child: str) -> Iterator[Step]:
    """What people reported of the child here."""
    for entry in one.facts.steps:
        step: Any = entry.step
        if isinstance(step, ReportsHarm) and child in step.at_risk and not step.step_id.startswith(FROM_ANOTHER):
            yield step


def out_of(family: Family, one: One, kind: JourneyKind, child: str) -> list[One]:
    """What was opened out of it of this kind, for the child."""
    ref = one.facts.request.id
    return [
        other
        for other in family.journeys.values()
        if other.kind is kind
        and other.facts.request.out_of is not None
        and other.facts.request.out_of.id == ref
        and child in {named.ref for named in other.facts.request.children}
    ]


def somebody_has(family: Family, one: One, child: str) -> None:
    """The journey has ended: it says who has the child, or another has begun for it."""
    if isinstance(one, OneReferral):
        begun_for = out_of(family, one, JourneyKind.HELP_REQUEST, child)
        assert len(begun_for) == len([*words_for_early_help(one, child)]), "Early Help was said, and nothing was opened"
    elif isinstance(one, OneRequest):
        reported = [*reports_of(one, child)]
        assert not reported or has_social_work(one, child) or out_of(family, one, JourneyKind.STEP_UP, child), (
            "harm was reported, and no referral was opened"
        )
        assert any(isinstance(step, RecordResponse | CancelRequest) for step in one.taken), "nobody has answered"
    else:
        after = reported_once_let_go(one, child)
        assert not after or out_of(family, one, JourneyKind.STEP_UP, child), (
            "harm was reported of a child whom social work had let go, and no referral was opened"
        )


def has_social_work(one: OneRequest, child: str) -> bool:
    """Somebody said so, of the child, at some time."""
    said = [*one.facts.request.situations]
    said += [it for step in one.taken if isinstance(step, RecordSituations) for it in step.children]
    return any(it.ref == child and str(it.situation) in HAS_A_SOCIAL_WORKER for it in said)


def reported_once_let_go(one: OneTransfer, child: str) -> bool:
    """Social work has let the child go, and harm was reported of it after that had been done."""
    closings = [it for it in one.facts.effects if it.effect.kind is CLOSE and it.effect.child == child]
    reopened = [it for it in one.facts.effects if it.effect.kind is REOPEN and it.effect.child == child]
    if len(closings) <= len(reopened):
        return False
    at = closings[-1].at
    known = {step.step_id for step in reports_of(one, child) if step.corrects is None}
    return any(entry.step.step_id in known and entry.accepted_at > at for entry in one.facts.steps)


MUST_BE_MET = {
    "help-request ended",
    "step-up ended",
    "step-down ended",
    "help-request is told",
    "step-up is told",
    "late",
    "an answer lost",
    "found opened",
    "told after its end",
    "a child taken later",
    "a step-down out of a referral",
}
"""What many families come across; otherwise they say nothing about it."""


@pytest.mark.parametrize("families", [20, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.timeout(900)
@pytest.mark.clause("SU-01")
@pytest.mark.clause("SU-01a")
@pytest.mark.clause("SU-04")
@pytest.mark.clause("SD-39")
def test_whatever_befalls_a_family_no_child_is_left_with_nobody_between_its_journeys(families: int) -> None:
    met: Counter[str] = Counter()

    @settings(
        max_examples=families,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True))
    def play_one(dice: Random) -> None:
        family = Family(dice)
        try:
            family.go()
        finally:
            note("\n".join(family.story))
        met.update(family.met)

    play_one()
    print(dict(met))  # noqa: T201
    assert set(met) >= MUST_BE_MET or families < 100
