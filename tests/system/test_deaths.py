"""A worker is killed at everything that it does; another takes over, and in the end all was done exactly once."""

import asyncio
import itertools
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest
from sqlmodel import Session, col, select
from temporalio.client import Client

from adapters.smtp import message_id
from benchmarks.rehearsal import at_any_hour
from cli.people import read_people
from cli.rehearsal.books import admit, alert_of, is_of, read_books
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from cli.rehearsal.expectation import ExpectedMail, as_on_duty, same_contact
from cli.rehearsal.skipping import skip_to
from cli.services import read_services
from cli.step_file import new_transfer_id, now
from cli.wiring import temporal
from client.journeys import kind_named
from client.letters import as_read
from client.transfers import Transfer, send, status
from models.attention import PROBLEMS, Attention, Resolution
from models.journey.steps import ResolveAttention
from models.kinds import OFFICES, RESPONSES, Audience, EffectKind
from models.register.tables import AuditRow
from models.step_down.letter_reference import from_subject
from models.vocabulary import Actor, Role
from tests.pace import eventually, patient
from tests.ports import free_ports
from tests.register import new_register, register_at
from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal
from tests.warm import Program
from worker.wiring import Outside
from workflows.ids import workflow_id
from workflows.journey.run import JourneyResult, JourneyRun

REAL, DYING = "worker", "tests.system.dying_worker"
REFUSED_CASE = EXAMPLES / "03-a-letter-comes-back.yaml"
WITHDRAWN_CASE = EXAMPLES / "04-consent-withdrawn.yaml"
OTHER_SERVICE_CASE = EXAMPLES / "05-another-service.yaml"
PAPERS_CASE = EXAMPLES / "21-a-service-without-mosaic.yaml"
OVERDUE_CASE = EXAMPLES / "14-overdue-and-escalated.yaml"
MEETING_CASE = EXAMPLES / "32-a-meeting-before-the-conversation.yaml"
HARM_CASE = EXAMPLES / "33-a-risk-of-significant-harm.yaml"
ADDED_CHILD_CASE = EXAMPLES / "11-three-ways-in-one-family.yaml"
SAFETY_CASE = EXAMPLES / "41-somebody-becomes-unsafe-afterwards.yaml"
REQUEST_CASE = EXAMPLES / "60-a-school-asks-for-help.yaml"
REQUEST_HARM_CASE = EXAMPLES / "62-harm-in-a-request.yaml"
REFERRAL_CASE = EXAMPLES / "89-opened-for-the-wrong-family.yaml"
AT_ONCE = 6
"""How many families are on their way at the same time."""
SECONDS_EACH = 180
SELDOM = 0.2
"""Seconds between two looks: each asks the worker where the transfer stands."""

ONLY_READS = {
    "mosaic.person_name",
    "mosaic.child_record",
    "mosaic.document_text",
    "mosaic.newest_version",
    "mosaic.is_shared",
    "mosaic.closing_step",
    "mosaic.early_help",
    "directory.service",
    "directory.address_of",
    "register.look_up_people",
    "register.lacking",
    "register.knows",
    "calendars.current",
    "invitations.invitation",
    "invitations.cancellation",
    "invitations.entry",
    "invitations.removal",
    "transfers.running_transfers",
    "compared.transfers_to_compare",
    "compared.registered",
}
OF_NO_TRANSFER = {"compared.show_differences", "compared.restore"}
"""What a comparison writes; that it may be repeated, its own tests show."""
OF_WHO_ASKS = {"book.asks"}
"""Who asks a person for all says it again at the next attempt, or another does: that, the book's own tests show."""
ABOUT_NOBODY = {
    "Request for a conversation about a transfer",
    "A change to a transfer",
    "Recommendation to tell Families First",
    "Invitation to a final meeting",
    "Final meeting moved",
    "Final meeting: you are no longer invited",
    "For your calendar: final meeting",
    "Out of your calendar: final meeting",
}
"""The mails that say nothing about a person: they go again, under the same Message-ID, where it is unclear."""
LETTERS = ("send_advice_summary", "send_letter")
PAPERS = ("mail_document", "send_pack")
MEETING = ("invite_to_meeting", "cancel_invitation", "enter_meeting", "remove_meeting", "send_meeting_outcome")
SAFETY = ("tell_safety",)
ABOUT_A_PERSON = (*LETTERS, *SAFETY, *PAPERS, "send_meeting_outcome")
BESIDE = {
    "send_letter": {"send_letter"},
    "recommend_families_first": {"send_advice_summary"},
    "record_final_meeting": {"send_meeting_outcome"},
    "register.project": {"send_letter"},
    "record_contact_conversation": {"send_letter", "send_advice_summary"},
}
"""Mails about a person that are on their way when the worker dies at another one, or as evidence is kept with what is
shown, up to two seconds after it was recorded."""
UNCLEAR = {("book.begin", "after"), ("post.send", "before"), ("post.send", "after"), ("book.finish", "before")}
"""Where a mail is intended, and nothing says whether it was sent."""


@dataclass(frozen=True)
class Point:
    """Where a worker dies: in which case, at which call, before or after it."""

    case: Path
    operation: str
    moment: str
    about: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.moment, self.operation, self.about, "in", self.case.stem)))

    @property
    def environment(self) -> dict[str, str]:
        return {"DEATH_OPERATION": self.operation, "DEATH_MOMENT": self.moment, "DEATH_ABOUT": self.about}

    @property
    def is_unclear(self) -> bool:
        return self.case != REFUSED_CASE and self.about in ABOUT_A_PERSON and (self.operation, self.moment) in UNCLEAR


def around(case: Path, operation: str, *about: str) -> Iterator[Point]:
    for kind in about or ("",):
        for moment in ("before", "after"):
            yield Point(case, operation, moment, kind)


def in_the_book(case: Path, *about: str) -> Iterator[Point]:
    """Before an effect is written down, and after what it came to was.

    Between that and the act nothing changes anywhere: to die there is to die right before the act, or right after it.
    """
    for kind in about:
        yield Point(case, "book.begin", "before", kind)
        yield Point(case, "book.finish", "after", kind)


BY_MAIL = ("request_conversation", *LETTERS)
OF_EACH_PROTOCOL = ("share_document", "send_letter", "request_conversation")
"""What can be looked up, what is never sent again, and what is: here it dies on both sides of what lies between."""
POINTS = (
    *around(MAIN_CASE, "register.open_transfer"),
    *around(MAIN_CASE, "register.project"),
    *around(MAIN_CASE, "register.project", "record_consent", "record_contact_conversation"),
    *around(MAIN_CASE, "mosaic.share"),
    *around(MAIN_CASE, "mosaic.complete"),
    *around(MAIN_CASE, "post.send", *BY_MAIL),
    *around(MAIN_CASE, "book.begin", *OF_EACH_PROTOCOL),
    *around(MAIN_CASE, "book.finish", *OF_EACH_PROTOCOL),
    *in_the_book(MAIN_CASE, "close_child", "send_advice_summary"),
    *around(REFUSED_CASE, "book.withdraw", "send_letter"),
    *around(REFUSED_CASE, "book.finish", "send_letter"),
    *around(WITHDRAWN_CASE, "register.project", "withdraw_consent"),
    *around(ADDED_CHILD_CASE, "register.reserve_child"),
    *around(OTHER_SERVICE_CASE, "register.look_up_service"),
    *around(WITHDRAWN_CASE, "post.send", "tell_service"),
    *around(PAPERS_CASE, "post.send", *PAPERS, "recommend_families_first"),
    *in_the_book(PAPERS_CASE, *PAPERS),
    *around(SAFETY_CASE, "post.send", *SAFETY),
    *in_the_book(SAFETY_CASE, *SAFETY),
    *around(MEETING_CASE, "register.project", "record_final_meeting"),
    *around(MEETING_CASE, "directory.organiser_of"),
    *around(MEETING_CASE, "post.send", *MEETING),
    *in_the_book(MEETING_CASE, *MEETING),
    *around(HARM_CASE, "register.project", "report_significant_harm"),
    *around(OVERDUE_CASE, "post.send", "mail_alert"),
    *around(OVERDUE_CASE, "channels.send"),
    *in_the_book(OVERDUE_CASE, "mail_alert", "post_alert"),
    *around(REQUEST_CASE, "register.open_transfer"),
    *around(REQUEST_CASE, "register.take_free_children"),
    *around(REQUEST_CASE, "register.project", "record_response"),
    *around(REQUEST_CASE, "mosaic.start_contact"),
    *around(REQUEST_CASE, "mosaic.add_entry"),
    *in_the_book(REQUEST_CASE, "write_contact"),
    *around(REQUEST_HARM_CASE, "register.open_transfer"),
    *around(REQUEST_HARM_CASE, "register.project", "report_significant_harm"),
    *around(REQUEST_HARM_CASE, "workflows.start"),
    *around(REQUEST_HARM_CASE, "workflows.tell"),
    *around(REQUEST_HARM_CASE, "book.begin", "open_journey"),
    *around(REQUEST_HARM_CASE, "book.finish", "open_journey"),
    *around(REQUEST_HARM_CASE, "post.send", "mail_alert"),
    *in_the_book(REQUEST_HARM_CASE, "mail_alert"),
    *around(REFERRAL_CASE, "register.open_transfer"),
    *around(REFERRAL_CASE, "register.project"),
)


def test_a_worker_dies_before_and_after_every_call_that_changes_something():
    ports = get_type_hints(Outside).items()
    calls = {f"{name}.{method}" for name, port in ports for method in vars(port) if not method.startswith("_")}
    calls -= ONLY_READS | OF_NO_TRANSFER | OF_WHO_ASKS
    calls |= {"workflows.start", "workflows.tell"}
    for moment in ("before", "after"):
        assert {point.operation for point in POINTS if point.moment == moment} == calls
    died_at = {word for point in POINTS for word in (point.about, point.operation.partition(".")[2])}
    # A digest is no part of a transfer; of a due date, the keeping is what changes something; a case is opened by hand.
    changes_nothing = {EffectKind.MAIL_DIGEST, EffectKind.CALCULATE_DUE_DATE, EffectKind.REOPEN_CHILD}
    changes_nothing |= {EffectKind.LOOK_AT_CHILDREN, EffectKind.LOOK_UP_PEOPLE}
    # A practitioner is told where people decide a child anew, and by the very way of the mail to the service.
    goes_like_another = {EffectKind.TELL_PRACTITIONER}
    # Nothing is noted before another journey is told, or after: where the worker dies at it, says ``workflows.tell``.
    goes_like_another |= {EffectKind.TELL_JOURNEY}
    assert set(EffectKind) - changes_nothing - goes_like_another <= died_at


@dataclass
class Place:
    """Where one family's worker works: a folder, a register, a task queue and two ports of its own."""

    rehearsal: Rehearsal
    folder: Path
    ports: tuple[int, int]
    before: Path
    """A register as each begins with it."""

    def __post_init__(self) -> None:
        self.folder.mkdir()
        shutil.copy(self.before, self.folder / "register.db")
        self.register = register_at(self.url, self.rehearsal.register.store.cipher)
        self.policy.write_text(at_any_hour(self.folder).read_text().replace("attention_after:", "# attention_after:"))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'register.db'}"

    @property
    def policy(self) -> Path:
        """The rehearsal's, with the usual patience: a worker that dies is no system that does not answer."""
        return self.folder / "policy.yaml"

    @property
    def task_queue(self) -> str:
        return self.folder.name

    @property
    def on_duty(self) -> set[str]:
        """Whoever is, at one hour or another."""
        offices = (Audience.DUTY_AND_ADVICE, Audience.EMERGENCY_DUTY_TEAM)
        return {str(self.register.address_of(OFFICES[office])) for office in offices}

    @asynccontextmanager
    async def worker(self, module: str, **settings: str) -> AsyncIterator[Program]:
        own = {
            "TRANSFERS_REGISTER_URL": self.url,
            "TRANSFERS_POLICY_FILE": str(self.policy),
            "TRANSFERS_TASK_QUEUE": self.task_queue,
            "TRANSFERS_WORKER_PORT": str(self.ports[0]),
            "TRANSFERS_METRICS_PORT": str(self.ports[1]),
        }
        process = Program(module, {**self.rehearsal.environment, **own, **settings}, self.folder / "worker.log")
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def logged(self) -> str:
        """What its workers said."""
        return (self.folder / "worker.log").read_text()

    def audit(self, transfer_id: str) -> Counter[str]:
        """What the register says was done in this transfer; what was opened out of it goes its own way.

        Stages are omitted, as they may pass without being shown; and due dates of our own people's waits, which may end
        before one is calculated.
        """
        answers = tuple(f"{kind}/" for kind in RESPONSES)
        with Session(self.register.engine) as session:
            of_it = select(AuditRow).where(col(AuditRow.transfer_id) == transfer_id)
            rows = [row for row in session.exec(of_it) if row.what != "stage"]
        return Counter(r.what for r in rows if r.what != "due date calculated" or str(r.why).startswith(answers))


@dataclass
class Journey:
    """One family's way, and the people who go it: each waits until the machine is at rest."""

    case: Case
    handle: Transfer
    place: Place

    @classmethod
    async def begin(cls, client: Client, place: Place, path: Path) -> "Journey":
        case = read_case(path, new_transfer_id(), now())
        await asyncio.to_thread(admit, place.rehearsal.local, case)
        handle = await client.start_workflow(
            kind_named(case.start.kind).type,
            case.start,
            id=workflow_id(case.start.kind, case.start.id),
            task_queue=place.task_queue,
            result_type=JourneyResult,
        )
        return cls(case, handle, place)

    async def play(self) -> Sequence[Attention]:
        """Go to the end; returns what a person was asked beyond what the case file tells."""
        for step, moment, to in zip(self.case.steps, self.case.moments, self.case.to, strict=True):
            if to is not None:
                continue  # What was opened goes its own way.
            await self._rest()
            if moment is not None:
                # Due dates are calculated as it is shown; skipped time would pass them by.
                await eventually(self._is_shown, SECONDS_EACH, every=SELDOM)
                await skip_to(await temporal(), self.handle, moment)
                await self._rest()
            if step not in self._told_by_problem:
                await send(self.handle, await as_read(self.handle, step))
        await self._rest()
        assert (await self.handle.result()).outcome == self.case.expect.outcome
        assert [one.kind for one in (await status(self.handle)).opened] == [o.journey for o in self.case.expect.opened]
        told = [item.problem for item in (await status(self.handle)).attention if self._told(item) is not None]
        assert told == [step.attention_id for step in self._told_by_problem]
        return await self._asked()

    async def _rest(self) -> None:
        await eventually(self._at_rest, SECONDS_EACH, every=SELDOM)

    async def _at_rest(self) -> bool:
        shown = (await self.handle.describe()).raw_description
        if shown.pending_activities or shown.HasField("pending_workflow_task"):
            return False
        waiting = [item for item in (await status(self.handle)).attention if item.open and item.id not in self._named]
        for item in waiting:
            said = self._told(item) or await asyncio.to_thread(self._look_whether_it_arrived, item)
            await send(self.handle, said)
        return not waiting

    async def _is_shown(self) -> bool:
        standing = await self.handle.query(JourneyRun.standing)
        return standing.shown == standing.version

    async def _asked(self) -> Sequence[Attention]:
        return [item for item in (await status(self.handle)).attention if not self._named & {item.id, item.problem}]

    @property
    def _named(self) -> set[str]:
        """The items of which the case file tells, by number or problem."""
        return {step.attention_id for step in self.case.steps if isinstance(step, ResolveAttention)}

    @property
    def _told_by_problem(self) -> Sequence[ResolveAttention]:
        """What the case file says of an item that it names by its problem: said when the item is there.

        Where a person found that a mail had been sent, nobody asked for newer versions then; it comes with the next.
        """
        said = (step for step in self.case.steps if isinstance(step, ResolveAttention))
        return [step for step in said if step.attention_id in PROBLEMS]

    def _told(self, item: Attention) -> ResolveAttention | None:
        told = (step for step in self._told_by_problem if step.attention_id == item.problem)
        return next((step.model_copy(update={"attention_id": item.id}) for step in told), None)

    def _look_whether_it_arrived(self, item: Attention) -> ResolveAttention:
        looked_for = message_id(f"{self.case.start.id}/{item.effect}")
        arrived = any(mail["message_id"] == looked_for for mail in self.mails())
        return ResolveAttention(
            step_id=f"fix-{item.id}",
            actor=Actor(id="ops-1", role=Role.OPERATIONS),
            occurred_at=now(),
            attention_id=item.id,
            resolution=Resolution.DONE_BY_HAND if arrived else Resolution.RETRY,
            note="Looked into the mailbox",
        )

    def mails(self) -> list[Any]:
        messages = httpx.get(f"{self.place.rehearsal.local.mailbox_url}/messages").raise_for_status().json()
        return [message for message in messages if is_of(message, self.case.start.id)]

    def check_the_books_of_the_others(self) -> None:
        """Mosaic and the mailbox hold what the case file expects, each thing once."""
        case, rehearsal = self.case, self.place.rehearsal
        books = read_books(rehearsal.local, case)
        assert books.children == case.expect.children
        assert same_contact(books.contact, case.expect.contact)
        assert sorted(map(str, books.shared)) == sorted(map(str, case.expect.shared))
        calls = rehearsal.mosaic_books(case.mosaic.family_ref)["calls"]
        done = [call["reference"] for call in calls if call["outcome"] == "committed"]
        assert len(done) == len(set(done))
        each = {mail["message_id"]: expected(mail) for mail in self.mails()}
        alerts = [alert for mail in each.values() if (alert := alert_of(mail)) is not None]
        alerts = as_on_duty(alerts, case.expect.alerts, self.place.on_duty)
        assert sorted(map(str, alerts)) == sorted(map(str, case.expect.alerts))
        mails = [mail for mail in each.values() if alert_of(mail) is None]
        assert sorted(map(str, mails)) == sorted(
            str(ExpectedMail(to=m.to, subject=m.subject)) for m in case.expect.mail
        )
        assert {mail.subject for mail in self.sent_again() if alert_of(mail) is None} <= ABOUT_NOBODY

    def sent_again(self) -> set[ExpectedMail]:
        times = Counter(mail["message_id"] for mail in self.mails())
        again = (mail for mail in self.mails() if times[mail["message_id"]] > 1)
        return {expected(mail) for mail in again}


def expected(mail: Any) -> ExpectedMail:
    """The mail, as case files tell of it: a letter without its reference."""
    return ExpectedMail(to=mail["to"][0], subject=from_subject(mail["subject"])[0])


async def go_undisturbed(client: Client, place: Place, path: Path) -> Counter[str]:
    async with place.worker(REAL):
        journey = await Journey.begin(client, place, path)
        assert await journey.play() == []
    await asyncio.to_thread(journey.check_the_books_of_the_others)
    assert journey.sent_again() == set()
    return place.audit(journey.case.start.id)


async def die_and_go_on(client: Client, place: Place, point: Point) -> Counter[str]:
    async with place.worker(DYING, **point.environment) as dying:
        journey = await Journey.begin(client, place, point.case)
        playing = asyncio.create_task(journey.play())
        try:
            await asyncio.wait({playing, asyncio.create_task(dying.wait())}, return_when=asyncio.FIRST_COMPLETED)
            if playing.done():
                raise AssertionError(f"the worker did not come to this point; asked: {playing.result()}")
            assert dying.returncode == -signal.SIGKILL
            async with place.worker(REAL):
                asked = await playing
        finally:
            playing.cancel()
    check_who_was_asked(point, asked)
    await asyncio.to_thread(journey.check_the_books_of_the_others)
    if point.operation == "post.send" and point.moment == "after" and point.about not in ABOUT_A_PERSON:
        assert journey.sent_again()
    return place.audit(journey.case.start.id)


def check_who_was_asked(point: Point, asked: Sequence[Attention]) -> None:
    """A person is asked of the mail that may have been sent; some are on their way at the same time as another."""
    kinds = {str(item.effect).partition("/")[0] for item in asked}
    assert {item.problem for item in asked} <= {"unclear"}
    assert kinds == ({point.about} if point.is_unclear else kinds & BESIDE.get(point.about or point.operation, set()))


def register_before(folder: Path, rehearsal: Rehearsal) -> Path:
    """With the services and the people: made once, and copied."""
    file = folder / "before.db"
    register = new_register(f"sqlite:///{file}", rehearsal.register.store.cipher)
    register.put_services(read_services(EXAMPLES / "services.csv"))
    register.put_people(read_people(EXAMPLES / "people.csv"))
    register.engine.dispose()
    return file


async def die_at(points: Sequence[Point], rehearsal: Rehearsal, folder: Path) -> None:
    """Die at each of these points, several at the same time, and compare with a journey that nothing disturbed."""
    client, turn = await temporal(), asyncio.Semaphore(AT_ONCE)
    cases = sorted({point.case for point in points})
    ports = iter(free_ports(2 * len([*cases, *points])))
    before = await asyncio.to_thread(register_before, folder, rehearsal)
    numbers = itertools.count()

    async def take_turn(live: Any, what: Path | Point) -> Counter[str]:
        async with turn, asyncio.timeout(patient(SECONDS_EACH)):
            place = Place(rehearsal, folder / f"{folder.name}-{next(numbers)}", (next(ports), next(ports)), before)
            return await live(client, place, what)

    expected = dict(zip(cases, await asyncio.gather(*(take_turn(go_undisturbed, case) for case in cases)), strict=True))
    ended = await asyncio.gather(*(take_turn(die_and_go_on, point) for point in points), return_exceptions=True)
    wrong = []
    for point, audit in zip(points, ended, strict=True):
        if isinstance(audit, Exception):
            audit.add_note(f"The worker died {point}")
            wrong.append(audit)
        elif audit != expected[point.case]:
            wrong.append(AssertionError(f"The worker died {point}; the register says {audit}"))
    if wrong:
        raise ExceptionGroup("not everything was done exactly once", wrong)


@pytest.mark.long
@pytest.mark.clause("ER-09", "SD-07", "SD-11", "SD-21", "SD-30", "SD-33")
@pytest.mark.timeout(1800)
async def test_a_worker_killed_at_any_point_leaves_everything_done_exactly_once(rehearsal: Rehearsal, tmp_path: Path):
    await die_at(POINTS, rehearsal, tmp_path)
