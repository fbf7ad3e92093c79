"""Families on their way: each suffers, at each of its effects, one group of faults, and people put right what lasts."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from models.attention import NEWER_VERSION, Attention, Resolution
from models.effects import Effect, Ended
from models.journey.linked import id_of
from models.journey.status import Status
from models.journey.timeline import UNTOLD
from models.kinds import NOT_ANSWERING, Audience, ClockKind, EffectKind, RungKind
from models.policy import ClockPolicy, Policy, Rung
from models.step_down.final_meeting import CALENDAR, ORGANISERS
from models.step_down.stage import Outcome
from models.step_down.start import PlanType, Route
from models.step_down.steps.decision import Decision
from models.vocabulary import LONDON
from models.ways import WAYS, Protocol, System, by_machine_alone
from simulators.mosaic.contract import CASE_CLOSED, TRANSFER_TO_EARLY_HELP
from tests import builders
from tests.matrix.cells import IMPATIENT, At, Cell, Group, How, tells_of_newer
from tests.matrix.outside import World, strike_name
from tests.matrix.people import ByHand
from tests.pace import eventually, patient
from tests.workflows.conftest import Transfer
from workflows.ids import workflow_id
from workflows.journey.run import JourneyResult
from workflows.step_down.transfer import StepDownRun, StepDownTransfer

SECONDS = 200
"""How long one effect may take with all its faults."""
SELDOM = 0.4
"""Seconds between two looks: many look at once, and each deciphers a status and reads it whole."""
STAYS = Decision.STAYS_WITH_SOCIAL_WORK
LOOKS = {EffectKind.LOOK_AT_CHILDREN, EffectKind.LOOK_UP_PEOPLE}
"""Of these nothing stands in the register but that they are at work."""
BY_PEOPLE = {How.BY_HAND: Ended.BY_HAND, How.SKIP: Ended.SKIPPED}


class Tally:
    """What was planned and seen."""

    def __init__(self) -> None:
        self.cells: Counter[tuple[EffectKind, str]] = Counter()
        """How often each fault struck each kind of effect that has come to its end."""
        self.planned: Counter[str] = Counter()
        """What the simulators have to count in the end."""
        self.problems: dict[EffectKind, set[str]] = defaultdict(set)
        """What people were asked."""

    def suffered(self, kind: EffectKind, cells: Group) -> None:
        for cell in cells:
            self.cells[kind, cell.fault] += cell.times

    def add(self, other: "Tally") -> None:
        self.cells += other.cells
        self.planned += other.planned
        for kind, problems in other.problems.items():
            self.problems[kind] |= problems


class Journey:
    """One family's transfer, with what it suffers at each kind of effect."""

    in_mosaic = True
    on_a_plan = False
    explored: Mapping[str, Any] = {}
    """What the exploration says, besides."""

    def __init__(self, world: World, client: Client, queue: str, number: int, suffers: Mapping[EffectKind, Group]):
        self.world, self.client, self.queue, self.suffers = world, client, queue, suffers
        self.id = f"{queue}-{type(self).__name__.lower()}-{number:02}"
        self.hand = ByHand(world, self.id, in_mosaic=self.in_mosaic, on_a_plan=self.on_a_plan)
        self.tally = Tally()
        self.ends: dict[Effect, Ended | None] = {}
        """The effects that suffered something: how a person ended them, or None for the machine."""
        self._numbers = count(1)
        self._corrected = "record_exploration"
        self._correcting = asyncio.Lock()
        self._dealt_with: set[str] = set()
        self._transfer: Transfer | None = None

    def __repr__(self) -> str:
        said = "; ".join(f"{kind}: {cells[0].fault}" for kind, cells in self.suffers.items())
        return f"{self.id} ({said})"

    @property
    def transfer(self) -> Transfer:
        assert self._transfer is not None
        return self._transfer

    async def start(self, *children: str) -> None:
        hand = self.hand
        await asyncio.to_thread(hand.stage)
        hand.know_social_worker()
        if not self._as_it_stands(EffectKind.POST_ALERT):
            self.world.rooms.add(hand.room)
        if not self._as_it_stands(EffectKind.LOOK_UP_SERVICE):
            hand.know_service(hand.other_service, hand.other_team)
        if self._as_it_stands(EffectKind.CLOSE_CHILD):
            await asyncio.to_thread(hand.close_otherwise)
        self.world.policies[self.id] = self._policy()
        request = builders.request(
            *children,
            id=self.id,
            family_ref=hand.family,
            service_ref=hand.service,
            social_worker=hand.social_worker,
            documents=hand.papers,
            family=builders.young_family(*children),
            **({"route": Route.PLAN, "plan_type": PlanType.CHILD_IN_NEED} if self.on_a_plan else {}),
        )
        handle = await self.client.start_workflow(
            StepDownTransfer.run,
            StepDownRun.model_validate(request.model_dump()),
            id=workflow_id(request.kind, request.id),
            task_queue=self.queue,
            result_type=JourneyResult,
        )
        self._transfer = Transfer(self.client, handle, request.id)

    def _as_it_stands(self, kind: EffectKind) -> bool:
        return any(cell.at is At.HAND for cell in self.suffers.get(kind, ()))

    def _policy(self) -> Policy:
        """One alert, to two people and a room, when the answer of the contact is overdue."""
        two = (Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER)
        overdue = Rung(kind=RungKind.BREACH, working_days=0, at="closing", audiences=two)
        clocks = {**Policy().clocks, ClockKind.CONVERSATION: ClockPolicy(working_days=3, ladder=(overdue,))}
        lasts = any(cell.problem == NOT_ANSWERING for cells in self.suffers.values() for cell in cells)
        impatient = {"attention_after": timedelta(seconds=IMPATIENT)} if lasts else {}
        return Policy(clocks=clocks, channels={Audience.EARLY_HELP_CONTACT: (self.hand.room,)}, **impatient)

    def key(self, effect: Effect) -> str:
        return f"{self.id}/{effect.id}"

    async def record(self, *steps: Any) -> None:
        """Record each; what got no answer on a busy machine is sent again, as every client may."""
        for step in steps:
            said = builders.at(self._by_the_service(step), await self.transfer.now())
            for left in reversed(range(5)):
                try:
                    await self.transfer.record(said)
                    break
                except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                    if not left:
                        raise

    def _by_the_service(self, step: Any) -> Any:
        """Whoever answers for a service by default is of this family's."""
        if step.actor not in {builders.SERVICE, builders.CONTACT}:
            return step
        ours = step.actor.model_copy(update={"team": self.hand.answers_as})
        return step.model_copy(update={"actor": ours})

    async def until(self, holds: Callable[[Status], bool], what: str) -> Status:
        """The first status in the register, as every screen shows it, in which this holds."""
        now: Status | None = None

        async def so_far() -> Status | None:
            nonlocal now
            now = await asyncio.to_thread(self.world.register.status, self.id)
            return now if now is not None and holds(now) else None

        return await eventually(so_far, SECONDS, every=SELDOM, told=lambda: f"{self!r}: {what}; {_told(now)}")

    def plan(self, effect: Effect) -> Effect:
        """Plan what this effect is to suffer; each fault strikes in its turn."""
        cells = self.suffers.get(effect.kind, ())
        for cell in cells:
            if (strike := self._plan(effect, cell)) is not None:
                self.tally.planned[strike] += cell.times
        if cells and cells[0].at is At.HAND:
            self.hand.act(effect.kind, str(cells[0].problem))
        if tells_of_newer(cells):
            self.hand.write_anew()
        return effect

    def _plan(self, effect: Effect, cell: Cell) -> str | None:
        world, blow = self.world, dict(cell.blow)
        times = {"times": cell.times}
        match cell.at:
            case At.HAND:
                return None
            case At.MAIL:
                world.plan_mail(self.key(effect), **blow, **times)
                return strike_of(str(blow["stage"]), blow, blow.get("code"))
            case At.ROOM:
                world.plan_room(self.hand.room, **blow, **times)
                return strike_of("room", blow, str(blow.get("status")))
            case At.REGISTER | At.JOURNEY:
                for _ in range(cell.times):
                    world.outages.plan(blow["operation"], blow["when"], self._about(effect, blow["operation"]))
                return f"{blow['operation']} {blow['when']}"
            case _:
                operation = self._operation(effect.kind, cell.at)
                world.in_mosaic(
                    "faults", operation=operation, target=self._target(effect.kind, cell.at), **blow, **times
                )
                return strike_of(operation, blow, blow.get("error"))

    def _about(self, effect: Effect, operation: str) -> str:
        """What tells the call of this effect from any other of the same operation."""
        about = {
            "register.look_up_service": self.hand.other_service,
            "register.look_up_people": f"team-sw/{self.hand.social_worker}/{self.hand.manager}",
            "register.reserve_child": f"{self.id}/{effect.child}/",
            "directory.address_of": self.hand.social_worker,
            "journeys.start": id_of(self.id, effect),
            "journeys.knows": f"{effect.journey}/{id_of(self.id, effect)}",
            "journeys.tell": f"{effect.journey}/{effect.to}",
        }
        return about.get(operation, self.key(effect))

    def _operation(self, kind: EffectKind, at: At) -> str:
        acts = {EffectKind.SHARE_DOCUMENT: "share_document", EffectKind.CLOSE_CHILD: "complete_step"}
        return acts[kind] if at is At.WRITE else "read"

    def request(self, service: str) -> Effect:
        """The contact of the service is asked for the conversation."""
        return Effect(kind=EffectKind.REQUEST_CONVERSATION, service=service)

    def shared(self, kind: EffectKind) -> Effect:
        """The first version of the assessment goes to the service."""
        return Effect(kind=kind, document=self.hand.document, version=1, service=self.hand.service)

    def _target(self, kind: EffectKind, at: At) -> str:
        """What the struck call is about; of a document, by its page in Mosaic."""
        document, person = f"documents/{self.hand.document}", f"persons/{self.hand.child}"
        match kind, at:
            case _, At.NEWEST:
                about = document
            case _, At.DOCUMENT:
                about = f"{document}/versions/1"
            case EffectKind.SHARE_DOCUMENT, At.READ:
                about = f"{document}/shares"
            case EffectKind.SHARE_DOCUMENT, _:
                about = self.hand.document
            case _, At.WRITE:
                about = self.hand.step
            case _, At.NAME:
                about = person
            case EffectKind.LOOK_AT_CHILDREN, _:
                about = f"{person}/record"
            case _:
                about = f"{person}/workflow-steps"
        return about

    async def see_through(self, effect: Effect) -> None:
        """Do what people do about each problem in its turn, until the effect has ended."""
        cells, asked = self.suffers.get(effect.kind, ()), 0
        self.ends[effect] = None
        for place, cell in enumerate(cells):
            if cell.problem is None:
                continue
            item = await self._asked(effect, cell.problem)
            asked += 1
            if asked == 1 and cell.problem != NOT_ANSWERING:
                await self._meanwhile(effect.kind)
            await asyncio.to_thread(self._mend, effect, cell)
            if cell.at is At.HAND and place + 1 < len(cells):
                await asyncio.to_thread(self.hand.act, effect.kind, str(cells[place + 1].problem))
            if cell.how is not How.NOTHING:
                await self._resolve(effect, item, cell)
        await self.ended(effect)
        now = await self.until(lambda now: not _asks_about(now, effect), f"nobody was to be asked about {effect.id}")
        told = [item.problem for item in now.attention if item.effect == effect.id]
        assert told == [cell.problem for cell in cells if cell.problem], f"{self!r}: {told}"
        if tells_of_newer(cells):
            await self._told_of_newer(now)
        self.tally.suffered(effect.kind, cells)

    async def _told_of_newer(self, now: Status) -> None:
        """Somebody is told once that Mosaic holds a newer version; the family need not see it."""
        told = [item for item in now.attention if item.problem == NEWER_VERSION]
        assert len(told) == self.hand.newer_versions, f"{self!r}: {told}"
        await self.record(self._resolution(told[-1], Resolution.SKIP))

    async def suffer(self, effect: Effect, *steps: Any) -> None:
        """Plan it, record the steps that it follows from, and see it through."""
        await asyncio.to_thread(self.plan, effect)
        await self.record(*steps)
        await self.see_through(effect)

    async def _asked(self, effect: Effect, problem: str) -> Attention:
        """The item that nobody has dealt with yet; one that ended by itself is told all the same."""

        def found(now: Status) -> list[Attention]:
            items = (item for item in now.attention if item.effect == effect.id and item.problem == problem)
            return [item for item in items if item.id not in self._dealt_with]

        now = await self.until(lambda now: bool(found(now)), f"{effect.id} was to be {problem}")
        [item] = found(now)
        self._dealt_with.add(item.id)
        return item

    def _mend(self, effect: Effect, cell: Cell) -> None:
        if cell.at is At.HAND and cell.how is How.RETRY:
            self.hand.mend(effect.kind, str(cell.problem))
        elif cell.how is How.BY_HAND and effect.kind is EffectKind.SHARE_DOCUMENT:
            self.hand.share()
        elif cell.how is How.BY_HAND and effect.kind is EffectKind.CLOSE_CHILD:
            self.hand.close_as_decided()

    async def _resolve(self, effect: Effect, item: Attention, cell: Cell) -> None:
        how = cell.how
        if how is How.LOOK:
            arrived = await asyncio.to_thread(self.world.times_sent, self.key(effect))
            how = How.BY_HAND if arrived else How.RETRY
        if how is not How.SKIP and WAYS[effect.kind].must_be:
            await self._refused(item, Resolution.SKIP)
        if by_machine_alone(effect.kind):
            await self._refused(item, Resolution.DONE_BY_HAND)
        self.ends[effect] = BY_PEOPLE.get(how)
        await self.record(self._resolution(item, Resolution(how)))

    def _resolution(self, item: Attention, how: Resolution) -> Any:
        return builders.resolution(item.id, how, step_id=f"resolve-{item.id}-{next(self._numbers)}")

    async def _refused(self, item: Attention, how: Resolution) -> None:
        refused = self._resolution(item, how).model_copy(update={"occurred_at": await self.transfer.now()})
        await self.transfer.refused(refused)

    async def _meanwhile(self, kind: EffectKind) -> None:
        """While it waits for a person, steps are taken and everything beside it goes on."""
        async with self._correcting:
            step_id = f"exploration-{next(self._numbers)}"
            await self.record(builders.exploration(step_id=step_id, corrects=self._corrected, **self.explored))
            self._corrected = step_id
        beside = self.beside(kind)
        if beside is not None:
            await self.until(beside, f"what is beside {kind} was to go on")

    def beside(self, kind: EffectKind) -> Callable[[Status], bool] | None:
        """What goes on beside an effect of this kind, while that waits for a person."""
        return None

    def _sibling_closed(self, now: Status) -> bool:
        return any(child.ref == self.hand.sibling and child.value("closed_in_mosaic") for child in now.children)

    async def ended(self, effect: Effect) -> None:
        await self.until(lambda now: self._has_ended(now, effect), f"{effect.id} was to end")

    def _has_ended(self, now: Status, effect: Effect) -> bool:
        if effect.kind is EffectKind.CALCULATE_DUE_DATE:
            return any(effect.clock == kept.clock_id for kept in self.world.register.clocks(self.id))
        if effect.kind in LOOKS:
            return effect.words not in now.at_work
        if effect.kind in {*UNTOLD, *CALENDAR, *ORGANISERS, EffectKind.WRITE_CONTACT}:
            return self.row_ended(effect) is not None
        return _on_timeline(now, effect)

    def row_ended(self, effect: Effect) -> Ended | None:
        row = next((row for row in self.world.effects(self.id) if row.key == self.key(effect)), None)
        return Ended(row.ended) if row is not None and row.ended else None

    async def closed(self, outcome: Outcome) -> None:
        """The transfer has ended as decided; then the books of all sides are read."""
        result = await asyncio.wait_for(self.transfer.handle.result(), patient(SECONDS))
        assert result.outcome == outcome, f"{self!r}: {result.outcome}"
        now = await self.until(lambda now: now.outcome is not None, "the register was to show the end")
        assert not now.needs_attention
        for item in now.attention:
            if item.effect is not None:
                self.tally.problems[EffectKind(item.effect.partition("/")[0])].add(item.problem)
        await asyncio.to_thread(self._read_the_books, now)

    def _read_the_books(self, now: Status) -> None:
        rows = {row.key: row for row in self.world.effects(self.id)}
        assert [row.key for row in rows.values() if row.ended is None] == [], "an intent without a result"
        skipped = {self.key(effect) for effect, end in self.ends.items() if end is Ended.SKIPPED}
        assert {key for key, row in rows.items() if row.ended == Ended.SKIPPED} == skipped, "skipped by nobody"
        for effect, by_person in self.ends.items():
            assert is_of(effect.kind, effect.id), f"{effect.id} is not as the table says"
            row = rows.get(self.key(effect))
            if row is not None:
                by_machine = {Ended.DONE, Ended.FOUND_DONE}
                assert Ended(str(row.ended)) in ({by_person} if by_person else by_machine), row
            assert effect.kind in UNTOLD or _on_timeline(now, effect)
        for key, row in rows.items():
            assert is_of(EffectKind(row.kind), key.removeprefix(f"{self.id}/")), f"{key} is not as the table says"
            self._read_the_mail(key, row.kind, Ended(str(row.ended)))
        self._read_mosaics_books()

    def _read_the_mail(self, key: str, kind: str, ended: Ended) -> None:
        way = WAYS[EffectKind(kind)]
        if way.system is System.MAIL:
            times = self.world.times_sent(key)
            if way.protocol is Protocol.SENT_ONCE:
                assert times == 1 if ended is Ended.DONE else times <= 1, f"{key} was sent {times} times"
            else:
                assert times >= 1 or ended in {Ended.BY_HAND, Ended.SKIPPED}, f"{key} was not sent"
        if way.system is System.CHANNEL:
            assert self.world.said_in(self.hand.room) or ended is not Ended.DONE

    def _read_mosaics_books(self) -> None:
        books = self.world.books(self.hand.family)
        done = [call["reference"] for call in books["calls"] if call["outcome"] == "committed"]
        assert len(done) == len(set(done)), f"{self!r}: done twice: {done}"
        shares = Counter((share["document_ref"], share["version"], share["team"]) for share in books["shares"])
        assert set(shares.values()) <= {1}, f"{self!r}: shared twice"
        self.read_what_was_decided(books)

    def read_what_was_decided(self, books: Any) -> None:
        """What Mosaic has to hold in the end."""
        raise NotImplementedError

    def closings(self, books: Any, child: str) -> list[list[str]]:
        """The next actions of each closing of the child by us, or by hand."""
        steps = [s for s in books["steps"] if s["person_ref"] == child and s["status"] == "Completed"]
        return [[action["type"] for action in step["completion"]["next_actions"]] for step in steps]


def _told(now: Status | None) -> str:
    if now is None:
        return "nothing is shown"
    waits = [(item.effect, item.problem) for item in now.attention if item.open]
    return f"now {now.stage}, {now.at_work}, {waits}"


WRITTEN_SO = {"version": r"v\d+", "number": r"\d+", "clock": r"[a-z_]+(/[^/]+)?"}
"""What a key writes in a way of its own; whatever else it names is one reference."""
MORE_THAN_ONCE = {
    EffectKind.REQUEST_CONVERSATION,
    EffectKind.INVITE_TO_MEETING,
    EffectKind.CANCEL_INVITATION,
    EffectKind.ENTER_MEETING,
    EffectKind.REMOVE_MEETING,
    EffectKind.CLOSE_CHILD,
    EffectKind.LOOK_AT_CHILDREN,
    EffectKind.REOPEN_CHILD,
    EffectKind.SEND_ADVICE_SUMMARY,
    EffectKind.TELL_SAFETY,
}
"""Whose key may say, from the second time on, which time it is."""


def is_of(kind: EffectKind, id_: str) -> bool:
    """Whether a key names what the table says."""
    named = "/".join([kind, *(WRITTEN_SO.get(name, "[^/]+") for name in WAYS[kind].identity)])
    return re.fullmatch(named + (r"(/\d+)?" if kind in MORE_THAN_ONCE else ""), id_) is not None


def strike_of(operation: str, blow: Mapping[str, Any], error: str | None) -> str:
    """What the simulators will call it."""
    said = {"operation": operation, "action": blow["action"], "when": blow["when"]}
    return strike_name({**said, "error": error if blow["action"] == "error" else None})


def _asks_about(now: Status, effect: Effect) -> bool:
    return any(item.open for item in now.attention if item.effect == effect.id)


def _on_timeline(now: Status, effect: Effect) -> bool:
    return any(entry.what.startswith(f"{effect.words}: ") for entry in now.timeline)


class OnMosaic(Journey):
    """A child passes to a service on Mosaic, a sibling closes; in some, the service gives the child back."""

    explored: Mapping[str, Any] = {"agencies": ("Hill School",)}

    async def go(self) -> None:
        hand = self.hand
        child, sibling = hand.child, hand.sibling
        await self.start(child, sibling)
        request = await asyncio.to_thread(self.plan, self.request(hand.service))
        consent = builders.consent(child, sibling, service_ref=hand.service)
        await self.record(builders.exploration(**self.explored), consent)
        sharing = builders.family_sharing(document_ref=hand.document)
        await self.suffer(self.shared(EffectKind.SHARE_DOCUMENT), sharing)
        await self.see_through(request)
        talked = builders.conversation(builders.agreed_child(child), builders.not_agreed(sibling))
        await self.record(talked, builders.practitioner(), builders.advice(child))
        decided = builders.decided({child: Decision.TRANSFER, sibling: Decision.NO_FURTHER_SUPPORT})
        await self.suffer(Effect(kind=EffectKind.CLOSE_CHILD, child=child), decided)
        await self.ended(Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, practitioner="lp-4"))
        both = (child, sibling)
        letters = (
            builders.letter("letter-1", *both),
            builders.letter_to_agency("letter-2", sibling),
        )
        await self.suffer(Effect(kind=EffectKind.SEND_LETTER, letter="letter-1"), builders.letters(*letters))
        if EffectKind.REOPEN_CHILD in self.suffers:
            await self._given_back(letters)
            await self.closed(Outcome.NO_FURTHER_SUPPORT)
        else:
            await self.record(builders.acknowledgement(child), builders.seen(child))
            await self.closed(Outcome.TRANSFERRED)

    async def _given_back(self, letters: tuple[Any, ...]) -> None:
        child, sibling = self.hand.child, self.hand.sibling
        await self.record(builders.acknowledgement(child, accepted=False), builders.management_conversation())
        if not self._as_it_stands(EffectKind.REOPEN_CHILD):
            await asyncio.to_thread(self.hand.open_closing_step)
        stays = builders.decided({child: STAYS}, step_id="stays", corrects="record_decisions")
        await self.suffer(Effect(kind=EffectKind.REOPEN_CHILD, child=child), stays)
        again = builders.letters(
            *letters, builders.no_letter("letter-3", child, sibling), step_id="l-2", corrects="approve_letters"
        )
        await self.record(again)

    def beside(self, kind: EffectKind) -> Callable[[Status], bool] | None:
        letter = Effect(kind=EffectKind.SEND_LETTER, letter="letter-2")
        said: dict[EffectKind, Callable[[Status], bool]] = {
            EffectKind.CLOSE_CHILD: self._sibling_closed,
            EffectKind.SEND_LETTER: lambda now: _on_timeline(now, letter),
        }
        return said.get(kind)

    def read_what_was_decided(self, books: Any) -> None:
        assert len(books["shares"]) == 1
        closed, passed_on = {CASE_CLOSED}, {CASE_CLOSED, TRANSFER_TO_EARLY_HELP}
        earlier = [closed] if self._as_it_stands(EffectKind.CLOSE_CHILD) else []
        assert [set(types) for types in self.closings(books, self.hand.child)] == [*earlier, passed_on]
        assert self.closings(books, self.hand.sibling) == [[CASE_CLOSED]]


class LookedAt(Journey):
    """Mosaic is asked what it holds of a child who is to be closed; nothing keeps it open."""

    async def go(self) -> None:
        child = self.hand.child
        await self.start(child)
        await self.record(builders.exploration())
        await eventually(self._answered, SECONDS, every=SELDOM, told=lambda: f"{self!r}: was to be looked at first")
        look, closes = Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=3), {child: Decision.NO_FURTHER_SUPPORT}
        # Nothing was found as it opened, so that only what is decided once more asks again.
        await self.record(builders.decided(closes, step_id="typed", actor=builders.SOCIAL_WORKER))
        await self.suffer(look, builders.decided(closes, corrects="typed"))
        if self.ends[look] is Ended.BY_HAND:
            # What nobody could read, Mosaic did not say: the child is decided anew, and Mosaic asked once more.
            known = {"of_what_mosaic_does_not_say": "Nothing is open: asked on the telephone"}
            await self.record(builders.decided(closes, step_id="anew", corrects="record_decisions", **known))
        await self.ended(Effect(kind=EffectKind.CLOSE_CHILD, child=child))
        await self.record(builders.letters(builders.no_letter("letter-1", child)))
        await self.closed(Outcome.NO_FURTHER_SUPPORT)

    async def _answered(self) -> bool:
        """The look with which a transfer opens is over: what is planned now strikes the next one."""
        seen = await self.transfer.handle.query(StepDownTransfer.in_mosaic)
        return seen.children[0].looked_at is not None

    def read_what_was_decided(self, books: Any) -> None:
        assert self.closings(books, self.hand.child) == [[CASE_CLOSED]]


class ByMail(Journey):
    """A child passes to a service that does not use Mosaic; the sibling closes."""

    in_mosaic = False

    async def go(self) -> None:
        hand = self.hand
        child, sibling = hand.child, hand.sibling
        await self.start(child, sibling)
        told = Effect(kind=EffectKind.RECOMMEND_FAMILIES_FIRST, practitioner="lp-4", service=hand.service)
        recommended = await asyncio.to_thread(self.plan, told)
        advice = Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, practitioner="lp-4")
        go_on = self._hold(advice)
        await self.record(builders.exploration(), builders.consent(child, sibling, service_ref=hand.service))
        sharing = builders.family_sharing(document_ref=hand.document)
        await self.suffer(self.shared(EffectKind.MAIL_DOCUMENT), sharing)
        await self.ended(self.request(hand.service))
        talked = builders.conversation(builders.agreed_child(child), builders.not_agreed(sibling))
        await self.record(talked, builders.practitioner(), builders.advice(child))
        decided = builders.decided({child: Decision.TRANSFER, sibling: Decision.NO_FURTHER_SUPPORT})
        pack = Effect(kind=EffectKind.SEND_PACK, service=hand.service, step="record_decisions")
        await self.suffer(pack, decided)
        await self.ended(Effect(kind=EffectKind.CLOSE_CHILD, child=child))
        await asyncio.to_thread(go_on)
        await asyncio.gather(self.see_through(advice), self.see_through(recommended))
        changed = builders.family_record(child, sibling, risks_to_workers="a dog", step_id="changed")
        await self.suffer(Effect(kind=EffectKind.TELL_SAFETY, practitioner="lp-4", time=2), changed)
        await self.record(builders.families_first(), builders.acknowledgement(child), builders.seen(child))
        warned = Effect(kind=EffectKind.TELL_PRACTITIONER, practitioner="lp-4", step="withdraw_consent")
        await self.suffer(warned, builders.withdrawal(child))
        [item] = [one for one in (await self.transfer.status()).attention if one.problem == "withdrawn_too_late"]
        await self.record(self._resolution(item, Resolution.DONE_BY_HAND))
        await self.record(builders.letters(builders.no_letter("letter-1", child, sibling)))
        await self.closed(Outcome.TRANSFERRED)

    def _hold(self, advice: Effect) -> Callable[[], None]:
        """Closing the child reads in Mosaic, too: what the summary is to suffer there is planned only after that."""
        if not any(cell.at in {At.NAME, At.DOCUMENT} for cell in self.suffers.get(advice.kind, ())):
            self.plan(advice)
            return lambda: None
        release = self.world.outages.hold("book.begin", self.key(advice))

        def go_on() -> None:
            self.plan(advice)
            release()

        return go_on

    def beside(self, kind: EffectKind) -> Callable[[Status], bool] | None:
        return self._sibling_closed if kind is EffectKind.SEND_PACK else None

    def read_what_was_decided(self, books: Any) -> None:
        assert books["shares"] == []
        closed = [[CASE_CLOSED]]
        assert [self.closings(books, child) for child in (self.hand.child, self.hand.sibling)] == [closed, closed]


class OutOfAPlan(Journey):
    """A meeting is cancelled; one that is held all the same, without the service, lets the child pass on."""

    on_a_plan = True

    async def go(self) -> None:
        hand = self.hand
        child = hand.child
        await self.start(child)
        consent = builders.consent_to_all(child, service_ref=hand.service)
        seen = (builders.plan_sharing(document_ref=hand.plan), builders.family_sharing(document_ref=hand.document))
        await self.record(builders.exploration(), consent, *seen)
        await self.ended(self.request(hand.service))
        invitation = Effect(kind=EffectKind.INVITE_TO_MEETING, service=hand.service, step="schedule_final_meeting")
        await self.suffer(invitation, await self._date())
        entry = Effect(kind=EffectKind.ENTER_MEETING, service=hand.service, step="another-date")
        await self.suffer(entry, await self._date(step_id="another-date"))
        cancellation = Effect(kind=EffectKind.CANCEL_INVITATION, service=hand.service, step="another-date")
        await self.suffer(cancellation, builders.cancelled_meeting())
        await self.record(await self._date(step_id="third-date"))
        await self.ended(entry.model_copy(update={"step": "third-date"}))
        removal = Effect(kind=EffectKind.REMOVE_MEETING, service=hand.service, step="third-date")
        await self.suffer(removal, builders.cancelled_meeting(step_id="called-off-again"))
        await self.record(builders.conversation(child))
        held = builders.meeting(child, service_attended=False, actor=builders.MANAGER)
        told = Effect(kind=EffectKind.SEND_MEETING_OUTCOME, service=hand.service, step="record_final_meeting")
        await self.suffer(told, held)
        await self.record(builders.practitioner(), builders.advice(child))
        await self.record(builders.decided({child: Decision.TRANSFER}))
        await self.ended(Effect(kind=EffectKind.CLOSE_CHILD, child=child))
        await self.record(builders.letters(builders.no_letter("letter-1", child)))
        await self.record(builders.acknowledgement(child), builders.seen(child))
        await self.closed(Outcome.TRANSFERRED)

    async def _date(self, **changes: Any) -> Any:
        return builders.scheduled(meeting_at=await self.transfer.now() + timedelta(days=30), **changes)

    def read_what_was_decided(self, books: Any) -> None:
        assert {share["document_ref"] for share in books["shares"]} == {self.hand.plan, self.hand.document}
        passed_on = {CASE_CLOSED, TRANSFER_TO_EARLY_HELP}
        assert [set(types) for types in self.closings(books, self.hand.child)] == [passed_on]


class Cancelled(Journey):
    """A child is added, another service is named, whose contact does not answer in time; then it is cancelled."""

    async def go(self) -> None:
        hand = self.hand
        await self.start(hand.child)
        await self.record(builders.exploration())
        reservation = Effect(kind=EffectKind.RESERVE_CHILD, child=hand.added)
        await self.suffer(reservation, builders.added_child(hand.added))
        looked_up = Effect(kind=EffectKind.LOOK_UP_SERVICE, service=hand.other_service, step="change_service")
        await self.suffer(looked_up, builders.other_service(hand.other_service))
        skipped = Ended.SKIPPED in self.ends.values()
        another = builders.reassigned(social_worker=None, team_manager=hand.manager)
        await self.suffer(Effect(kind=EffectKind.LOOK_UP_PEOPLE, number=1), another)
        children = (hand.child,) if skipped else (hand.child, hand.added)
        clock = f"{ClockKind.CONVERSATION}/{hand.other_service}"
        calculated = Effect(kind=EffectKind.CALCULATE_DUE_DATE, clock=clock, wait=ClockKind.CONVERSATION, number=1)
        await asyncio.to_thread(self.plan, calculated)
        known = builders.young_family(*children, born_on=(await self.transfer.now()).date())
        await self.record(
            builders.family_record(**dict(known)),
            builders.consent(*children, service_ref=hand.other_service),
        )
        if self._as_it_stands(EffectKind.CALCULATE_DUE_DATE):
            await self._skip_to(datetime(2060, 12, 30, 10, 0, tzinfo=LONDON))
        await self.record(builders.family_sharing(document_ref=hand.document))
        await self.see_through(calculated)
        await self._retry_the_others("calendar_ends")
        await self._be_overdue()
        told = Effect(kind=EffectKind.TELL_SERVICE, service=hand.other_service, step="cancel")
        await self.suffer(told, builders.cancellation())
        await self.record(
            builders.decided(dict.fromkeys(children, STAYS)),
            builders.letters(builders.no_letter("letter-1", *children)),
        )
        await self.closed(Outcome.CANCELLED)

    async def _be_overdue(self) -> None:
        before = await self.until(lambda now: any(c.due for c in now.responses), "the answer was to have a date")
        number = len(before.alerts) + 1
        alerts = (
            Effect(kind=EffectKind.MAIL_ALERT, number=number, audience=Audience.SOCIAL_WORKER),
            Effect(kind=EffectKind.POST_ALERT, number=number, channel=self.hand.room),
        )
        for alert in alerts:
            await asyncio.to_thread(self.plan, alert)
        due = next(clock.due for clock in before.responses if clock.due)
        await self._skip_to(due + timedelta(minutes=1))
        await asyncio.gather(*map(self.see_through, alerts))

    async def _skip_to(self, moment: datetime) -> None:
        await self.transfer.settled()
        await TimeSkipper(self.client).fast_forward(self.transfer.handle, moment - await self.transfer.now())

    async def _retry_the_others(self, problem: str) -> None:
        """Due dates of other waits met the same problem."""
        for item in (await self.transfer.status()).attention:
            if item.open and item.problem == problem:
                await self.record(self._resolution(item, Resolution.RETRY))

    def beside(self, kind: EffectKind) -> Callable[[Status], bool] | None:
        if kind not in {EffectKind.MAIL_ALERT, EffectKind.POST_ALERT}:
            return None
        return lambda now: any(
            row.kind == EffectKind.MAIL_ALERT and row.ended and row.key.endswith(f"/{Audience.EARLY_HELP_CONTACT}")
            for row in self.world.effects(self.id)
        )

    def read_what_was_decided(self, books: Any) -> None:
        assert len(books["shares"]) == 1
        assert self.closings(books, self.hand.child) == []
