"""Our real mails about a meeting in what calendar programs read with: ical.js, sabre/vobject, libical.

They run where the programs are: in ``.ci/run``, which installs them.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from ctypes.util import find_library
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

import icalendar
import pytest

from activities.effect import Effects
from activities.final_meeting import FinalMeetingActivities
from adapters.calendar_ics import IcsInvitations
from models.effects import Effect
from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import CALENDAR, ORGANISERS
from tests.activities.office import shows_in
from tests.adapters.conftest import http_of
from tests.adapters.test_smtp import post_at
from tests.builders import (
    NOW,
    cancelled_meeting,
    facts_at,
    intent,
    london,
    on_a_plan,
    plan_path,
    scheduled,
)
from tests.fakes import FakeBook, FakeMosaic, FakeRegister
from tests.simulators.conftest import Server
from workflows.step_down.orders import ORDERS

pytestmark = [pytest.mark.long, pytest.mark.clause("SD-18")]

HERE = Path(__file__).parent / "calendars"
SABRE = Path("/usr/share/php/Sabre/VObject/includes.php")
MONDAY, FRIDAY = "2026-03-16T10:00:00.000Z", "2026-03-20T10:00:00.000Z"
CONTACT, WORKER = "contact@north.example", "sw-7@council.example"
Read = dict[str, Any]
"""A mail as a calendar program gets it."""
Program = Callable[[Sequence[Read]], list[list[dict[str, Any]]]]


def ical_js() -> list[str]:
    if not shutil.which("node") or not shutil.which("npm"):
        return []
    installed = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip()
    found = Path(installed) / "ical.js" / "dist" / "ical.es5.cjs"
    return ["node", str(HERE / "ical_js.mjs"), str(found)] if found.exists() else []


def sabre() -> list[str]:
    return ["php", str(HERE / "sabre.php"), str(SABRE)] if shutil.which("php") and SABRE.exists() else []


def libical() -> list[str]:
    return [sys.executable, str(HERE / "libical.py")] if find_library("icalss") else []


PROGRAMS = {"ical.js": ical_js, "sabre": sabre, "libical": libical}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> Program:
    """What the calendar of this program holds after each mail."""
    command = PROGRAMS[request.param]()
    if not command:
        pytest.skip(f"{request.param} is not on this machine; .ci/run installs it and runs this")

    def read(mails: Sequence[Read]) -> list[list[dict[str, Any]]]:
        done = subprocess.run(command, input=json.dumps(mails), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    return read


class House:
    """The real way from the facts to a mail in the mailbox; people and books are in memory."""

    def __init__(self, server: Server) -> None:
        self.http, post, self.register = http_of(server), post_at(server.ports[1]), FakeRegister()
        self.sent: dict[Effect, Read] = {}
        invitations, effects = IcsInvitations(post.settings.sender), Effects(FakeBook(), now=lambda: NOW)
        shows = shows_in(self.register)
        self.meets = FinalMeetingActivities(post, FakeMosaic(), self.register, invitations, shows, effects)

    def sends(self, now: StepDownFacts, kinds: Iterable[EffectKind]) -> list[Read]:
        """The messages of these kinds, each sent once, in the order in which they were begun."""
        wanted = [effect for effect in now.begun if effect.kind in kinds]
        self.sent |= {effect: self._sent(now, effect) for effect in wanted if effect not in self.sent}
        return [self.sent[effect] for effect in wanted]

    def _sent(self, now: StepDownFacts, effect: Effect) -> Read:
        before = {each["id"] for each in self.http.get("/messages").json()}
        order = ORDERS.effects[effect.kind]
        getattr(self.meets, order.act.__name__)(order.order(now, intent(effect)))
        [new] = [each["id"] for each in self.http.get("/messages").json() if each["id"] not in before]
        return read(self.http.get(f"/messages/{new}.eml").content)


def read(raw: bytes) -> Read:
    message = message_from_bytes(raw, policy=default)
    [shown] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    [file] = [part for part in message.walk() if part.get_content_type() == "application/ics"]
    calendar = shown.get_payload(decode=True)
    assert calendar == file.get_payload(decode=True), "a program may open either"
    assert f"METHOD:{shown.get_param('method')}".encode() in calendar, "mail and file say the same"
    headers = {name: str(message[name]) for name in ("From", "Reply-To", "To")}
    return {
        "from": headers["From"],
        "reply_to": headers["Reply-To"],
        "to": headers["To"],
        "calendar": calendar.decode(),
    }


@pytest.fixture
def house(mailbox_server: Server) -> House:
    return House(mailbox_server)


@cache
def monday() -> StepDownFacts:
    """The service is invited to Monday 16 March."""
    return facts_at(NOW, *plan_path()[:5], scheduled(), before=on_a_plan())


@cache
def called_off() -> StepDownFacts:
    return _off(monday())


@cache
def moved_to_friday() -> StepDownFacts:
    return _friday(monday())


@cache
def moved_and_called_off() -> StepDownFacts:
    return _off(moved_to_friday())


@cache
def called_off_and_set_anew() -> StepDownFacts:
    return _friday(called_off())


def _off(now: StepDownFacts) -> StepDownFacts:
    at = now.newest + timedelta(hours=1)
    return facts_at(at, cancelled_meeting(occurred_at=at), before=now)


def _friday(now: StepDownFacts) -> StepDownFacts:
    at = now.newest + timedelta(hours=1)
    moved = scheduled(step_id="friday", occurred_at=at, meeting_at=london(2026, 3, 20, 10))
    return facts_at(at, moved, before=now)


def starts(after: list[list[dict[str, Any]]]) -> list[list[str]]:
    return [[event["start"] for event in held] for held in after]


def test_who_is_invited_has_the_meeting_with_place_organiser_and_one_reminder(house: House, program: Program) -> None:
    [[event]] = program(house.sends(monday(), CALENDAR))
    assert event.pop("uid").startswith("transfer-1/final-meeting/service-north/")
    assert event == {
        "start": MONDAY,
        "place": "Town hall, room 4",
        "organiser": f"mailto:{WORKER}",
        "sent_by": "mailto:transfers@council.example",
        "reminders": 1,
        "answered": [],
    }


def test_a_meeting_that_is_moved_is_one_meeting_at_its_new_date(house: House, program: Program) -> None:
    assert starts(program(house.sends(moved_to_friday(), CALENDAR))) == [[MONDAY], [FRIDAY]]


def test_a_meeting_that_is_called_off_is_gone(house: House, program: Program) -> None:
    assert starts(program(house.sends(called_off(), CALENDAR))) == [[MONDAY], []]
    assert starts(program(house.sends(moved_and_called_off(), CALENDAR)[::-1])[:1]) == [[]], "of it nobody knew"


@pytest.mark.parametrize(
    ("order", "held"),
    [
        ((0, 1, 2), [[MONDAY], [], [FRIDAY]]),
        ((0, 2, 1), [[MONDAY], [MONDAY, FRIDAY], [FRIDAY]]),
        ((2, 0, 1), [[FRIDAY], [FRIDAY, MONDAY], [FRIDAY]]),
    ],
    ids=["in order", "called off last", "the new date first"],
)
def test_a_date_that_is_set_after_one_was_called_off_stays_whenever_that_is_read(
    house: House, program: Program, order: tuple[int, ...], held: list[list[str]]
) -> None:
    mails = house.sends(called_off_and_set_anew(), CALENDAR)
    assert starts(program([mails[place] for place in order])) == held


def test_what_is_sent_again_changes_nothing(house: House, program: Program) -> None:
    invited, moved = house.sends(moved_to_friday(), CALENDAR)
    assert starts(program([invited, invited, moved, moved])) == [[MONDAY], [MONDAY], [FRIDAY], [FRIDAY]]


def test_a_change_is_heard_though_another_address_is_in_the_directory_by_now(house: House, program: Program) -> None:
    house.sends(monday(), CALENDAR)
    house.register.people["sw-7"] = "new.address@council.example"
    mails = house.sends(moved_and_called_off(), CALENDAR)
    assert {mail["reply_to"] for mail in mails} == {WORKER}
    assert starts(program(mails)) == [[MONDAY], [FRIDAY], []]


def test_who_organises_it_has_it_too_and_finds_the_answer_there(house: House, program: Program) -> None:
    now = monday()
    [invited], [entered] = house.sends(now, CALENDAR), house.sends(now, ORGANISERS)
    assert (invited["to"], entered["to"]) == (CONTACT, WORKER)
    assert program([answer(invited)]) == [[]], "without the entry it finds nothing"
    [_, [event]] = program([entered, answer(invited)])
    assert (event["start"], event["answered"]) == (MONDAY, [CONTACT])


def test_the_organisers_calendar_follows_what_the_service_is_told(house: House, program: Program) -> None:
    mails = house.sends(moved_and_called_off(), ORGANISERS)
    assert starts(program(mails)) == [[MONDAY], [FRIDAY], []]


def answer(invited: Read) -> Read:
    """The service accepts, as its calendar program answers."""
    calendar = icalendar.Calendar.from_ical(invited["calendar"])
    calendar["METHOD"] = "REPLY"
    [event] = calendar.events
    event["ATTENDEE"].params["PARTSTAT"] = "ACCEPTED"
    event.subcomponents.clear()
    answered = calendar.to_ical().decode()
    return {"from": CONTACT, "reply_to": CONTACT, "to": invited["reply_to"], "calendar": answered}
