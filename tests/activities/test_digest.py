"""The morning digest: who is to be told, and each e-mail once."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.digest import DigestActivities, PlanDigests, SendDigest
from activities.effect import Effects
from models.effects import Effect, EffectResult, Ended, Intent
from models.errors import LastingError, UnclearError
from models.kinds import EffectKind
from models.operations.digest import DigestPlan, Recipient, readers
from tests.builders import NOW, calendar, service
from tests.digests import FRIDAY, MORNING, a_large_council, clock, running
from tests.fakes import FakeBook, FakeCalendars, FakePost, FakeRegister

LATE = running(clock(due=FRIDAY))


class Office:
    """Whoever tells people in the morning, over fakes."""

    def __init__(self) -> None:
        self.register, self.post, self.book = FakeRegister(service()), FakePost(), FakeBook()
        self.register.also_open = [LATE]
        self.calendars = FakeCalendars(calendar())
        effects = Effects(self.book, now=lambda: NOW)
        self.tells = DigestActivities(self.register, self.calendars, self.register, self.post, effects)

    def send(self, reader: Recipient) -> EffectResult:
        return ActivityEnvironment().run(self.tells.mail_digest, order(reader))


def order(reader: Recipient) -> SendDigest:
    effect = Effect(kind=EffectKind.MAIL_DIGEST, audience=reader.audience, reader=reader.ref)
    intent = Intent(transfer_id="digest-2026-11-23", effect=effect, clause="SD-34, SD-35")
    return SendDigest(intent=intent, at=MORNING, reader=reader)


@pytest.fixture
def office() -> Office:
    return Office()


def test_on_a_working_day_each_reader_is_planned_for(office: Office) -> None:
    plan = office.tells.plan_digests(PlanDigests(at=MORNING))
    assert plan == DigestPlan(readers=readers([LATE], MORNING))
    assert len(plan.readers) == 4


@pytest.mark.parametrize(
    ("days", "name"), [(1, "Sunday"), (-32, "Christmas Day")], ids=["at the weekend", "on a bank holiday"]
)
def test_on_a_day_off_nobody_is_told_and_the_register_is_not_asked(office: Office, days: int, name: str) -> None:
    office.register.troubles.before("running_transfers", AssertionError("asked"))
    plan = office.tells.plan_digests(PlanDigests(at=MORNING - timedelta(days=days)))
    assert plan.day_off is not None
    assert name in plan.day_off
    assert plan.readers == ()


def test_a_day_that_the_calendar_does_not_know_waits_for_a_person(office: Office) -> None:
    with pytest.raises(ApplicationError) as failure:
        office.tells.plan_digests(PlanDigests(at=MORNING.replace(year=2070)))
    assert (list(failure.value.details), failure.value.non_retryable) == (["calendar_ends"], True)


def test_plan_and_orders_hold_nothing_of_a_transfer_however_large_the_council(office: Office) -> None:
    office.register.also_open = a_large_council()
    plan = office.tells.plan_digests(PlanDigests(at=MORNING))
    assert len(plan.readers) == 282
    kept = [plan.model_dump_json(), *(order(reader).model_dump_json() for reader in plan.readers)]
    assert "transfer-" not in "".join(kept)
    assert sum(map(len, kept)) < 500_000, "Temporal takes no payload of 2 MB"


def test_a_digest_tells_of_the_register_as_it_is_when_it_is_mailed(office: Office) -> None:
    [contact, *_] = office.tells.plan_digests(PlanDigests(at=MORNING)).readers
    office.register.also_open = [LATE.model_copy(update={"id": "transfer-2"})]
    office.send(contact)
    [mail] = office.post.sent
    assert ("transfer-2" in mail.text, "transfer-1" in mail.text) == (True, False)


def test_nothing_is_mailed_where_nothing_is_left_to_read_by_then(office: Office) -> None:
    [contact, *_] = office.tells.plan_digests(PlanDigests(at=MORNING)).readers
    office.register.also_open = []
    assert office.send(contact).ended is Ended.STOPPED
    office.register.also_open = [LATE]
    assert office.send(contact).ended is Ended.DONE
    assert len(office.post.sent) == 1


def test_each_digest_goes_where_the_directory_says(office: Office) -> None:
    for reader in readers([LATE], MORNING):
        assert office.send(reader).ended is Ended.DONE
    assert sorted(mail.to for mail in office.post.sent) == [
        "contact@north.example",
        "operations@council.example",
        "targeted-services-leader@council.example",
        "tm-1@council.example",
    ]
    assert {mail.transfer_id for mail in office.post.sent} == {"digest-2026-11-23"}


def test_a_digest_that_was_sent_is_not_sent_again(office: Office) -> None:
    reader = readers([LATE], MORNING)[0]
    assert office.send(reader) == office.send(reader)
    [mail] = office.post.sent
    assert mail.key == "digest-2026-11-23/mail_digest/early_help_contact/service-north"


def test_a_digest_of_which_nobody_knows_whether_it_was_sent_goes_again_under_the_same_key(office: Office) -> None:
    office.post.troubles.after("mail_digest", UnclearError("no answer"))
    reader = readers([LATE], MORNING)[0]
    with pytest.raises(ApplicationError, match="no answer") as failure:
        office.send(reader)
    assert not failure.value.non_retryable
    office.send(reader)
    assert len({mail.key for mail in office.post.sent}) == 1 < len(office.post.sent)


def test_the_team_is_told_where_nobody_knows_the_address_of_the_social_worker(office: Office) -> None:
    office.register.people["sw-7"] = None
    office.register.also_open = [running(waiting_for=("social_worker",))]
    [reader] = readers(office.register.also_open, MORNING)
    office.send(reader)
    assert office.post.sent[0].to == "team-sw@council.example"


@pytest.mark.parametrize("problem", ["no_address", "refused_address"])
def test_who_cannot_be_told_waits_for_a_person_and_is_logged_by_reference(office: Office, problem: str) -> None:
    manager = next(reader for reader in readers([LATE], MORNING) if reader.ref == "tm-1")
    if problem == "no_address":
        office.register.people["tm-1"] = None
    else:
        office.post.troubles.before("mail_digest", LastingError(problem, "550 tm-1@council.example"))
    with capture_logs() as logs, pytest.raises(ApplicationError) as failure:
        office.send(manager)
    assert (list(failure.value.details), failure.value.non_retryable) == ([problem], True)
    assert office.post.sent == []
    assert logs == [
        {
            "event": "a digest cannot be sent",
            "key": "digest-2026-11-23/mail_digest/team_manager/tm-1",
            "reader": "team_manager/tm-1",
            "problem": problem,
            "log_level": "warning",
        }
    ]
