"""What the machine does in the register: asking the directory, reserving a child, keeping evidence."""

from datetime import date

import pytest
from temporalio.exceptions import ApplicationError

from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities
from activities.effect import Effects
from activities.register import (
    EndedByPerson,
    LookUpPeople,
    LookUpService,
    OpenTransfer,
    RegisterActivities,
    ReserveChild,
)
from activities.significant_harm import SignificantHarmActivities
from models.calendar import LOOKS_BACK
from models.effects import Effect, Ended
from models.errors import PassingError
from models.help_request.stage import Outcome
from models.journey.projection import News, Projection
from models.kinds import EffectKind
from models.people import Person
from models.step_down.steps.final_meeting import MeetingOutcome, PlanOutcome
from tests import help_requests as requests
from tests.activities.office import shown, shows_in
from tests.builders import (
    CHILD,
    NOW,
    THEN,
    at_meeting,
    calendar,
    consent,
    conversation,
    facts,
    harm_report,
    intent,
    meeting,
    request,
    result,
    service,
    taken,
    withdrawal,
)
from tests.colleagues import COLLEAGUES, manager
from tests.fakes import FakeBook, FakeCalendars, FakePost, FakeRegister
from tests.step_down import status

LOOK_UP = LookUpService(
    intent=intent(Effect(kind=EffectKind.LOOK_UP_SERVICE, service="service-south", step="c-1")),
    service_ref="service-south",
)
PEOPLE = Effect(kind=EffectKind.LOOK_UP_PEOPLE, number=1)
RESERVE = ReserveChild(
    intent=intent(Effect(kind=EffectKind.RESERVE_CHILD, child="child-c")), child_ref="child-c", added_by="sw-7"
)


@pytest.fixture
def register() -> FakeRegister:
    return FakeRegister(service(), service(ref="service-south", name="Early Help South"))


@pytest.fixture
def book() -> FakeBook:
    return FakeBook()


@pytest.fixture
def does(register: FakeRegister, book: FakeBook) -> RegisterActivities:
    return RegisterActivities(register, book, FakeCalendars(calendar()), shows_in(register), now=lambda: NOW)


@pytest.mark.clause("SD-06")
@pytest.mark.clause("SD-20")
def test_the_directory_says_how_another_service_is_reached(does: RegisterActivities) -> None:
    found = does.look_up_service(LOOK_UP)
    assert found.service == service(ref="service-south", name="Early Help South")
    assert (found.effect, found.ended, found.at) == (LOOK_UP.intent.effect, Ended.DONE, NOW)
    assert found.evidence == "service-south is in the service directory"


@pytest.mark.clause("SD-20")
def test_a_service_that_the_directory_does_not_know_waits_for_a_person(does: RegisterActivities) -> None:
    with pytest.raises(ApplicationError) as failure:
        does.look_up_service(LOOK_UP.model_copy(update={"service_ref": "service-nowhere"}))
    assert (failure.value.type, list(failure.value.details)) == ("NeedsAttention", ["unknown_service"])


def look_up(**changes: object) -> LookUpPeople:
    said = {"team": "team-sw", "social_worker": "sw-7", "team_manager": "tm-1", "intent": intent(PEOPLE), **changes}
    return LookUpPeople.model_validate(said)


@pytest.mark.clause("SD-23b")
def test_the_directory_says_who_is_there_for_social_work(does: RegisterActivities, register: FakeRegister) -> None:
    stranger = manager(ref="tm-9", teams=("team-other",))
    register.directory += [stranger]
    found = does.look_up_people(look_up())
    assert (found.people, found.ended, found.at) == (COLLEAGUES, Ended.DONE, NOW)
    assert found.evidence == "tm-1 is the manager of team-sw"
    assert "Sample" not in found.evidence, "evidence is shown where names are not"


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize("known", [(), (manager(teams=("team-other",)),), (manager(until=date(2026, 3, 1)),)])
def test_a_manager_whom_the_directory_does_not_have_so_waits_for_a_person(
    does: RegisterActivities, register: FakeRegister, known: tuple[Person, ...]
) -> None:
    register.directory[:] = known
    with pytest.raises(ApplicationError) as failure:
        does.look_up_people(look_up())
    assert list(failure.value.details) == ["unknown_manager", "It is tm-1, of team team-sw."]


def test_the_directory_of_people_is_not_asked_what_nobody_wants_to_know(does: RegisterActivities) -> None:
    unwanted = intent(PEOPLE).model_copy(update={"only_look": True})
    assert does.look_up_people(look_up(team_manager="tm-9", intent=unwanted)).ended is Ended.STOPPED


def test_a_child_that_was_added_is_reserved_and_again_changes_nothing(
    does: RegisterActivities, register: FakeRegister
) -> None:
    for _ in range(2):
        reserved = does.reserve_child(RESERVE)
    assert register.open == {"child-c": "transfer-1"}
    assert (reserved.effect, reserved.ended, reserved.evidence, reserved.at) == (
        RESERVE.intent.effect,
        Ended.DONE,
        "child-c is reserved",
        NOW,
    )


def test_a_child_of_another_open_transfer_waits_for_a_person(does: RegisterActivities, register: FakeRegister) -> None:
    register.open["child-c"] = "transfer-9"
    with pytest.raises(ApplicationError) as failure:
        does.reserve_child(RESERVE)
    assert list(failure.value.details) == ["child_elsewhere", "It is transfer transfer-9."]
    assert register.open == {"child-c": "transfer-9"}


def test_a_start_for_a_service_that_nobody_knows_is_refused_for_good(does: RegisterActivities) -> None:
    assert does.open_transfer(OpenTransfer(request=request(), at=THEN)).service == service()
    with pytest.raises(ApplicationError) as failure:
        does.open_transfer(OpenTransfer(request=request(service_ref="service-nowhere"), at=THEN))
    assert (failure.value.type, failure.value.non_retryable) == ("StartRefused", True)


def test_what_a_person_ended_is_written_into_the_book(does: RegisterActivities, book: FakeBook) -> None:
    by_hand = result(intent().effect, Ended.BY_HAND)
    does.note_result(EndedByPerson(intent=intent(), result=by_hand))
    assert book.results == {intent().key: by_hand}


def test_what_a_person_ended_until_it_is_wanted_again_is_free_to_be_begun_however_often_it_was_tried(
    does: RegisterActivities, book: FakeBook
) -> None:
    for _ in range(2):
        book.begin(intent())
    does.note_result(EndedByPerson(intent=intent(), result=result(intent().effect, Ended.STOPPED)))
    assert book.results == {}
    assert not book.begin(intent()).tried_before


@pytest.mark.parametrize("restricted", [True, False])
def test_a_projection_is_classed_as_the_status_that_it_shows(restricted: bool) -> None:
    now = status(facts(request=request(restricted=restricted)))
    assert Projection(status=now, version=1).privacy == ("restricted" if restricted else "narrative")


@pytest.mark.clause("SD-09", "SD-09a")
def test_the_familys_answer_and_its_withdrawal_are_kept_as_they_were_taken(register: FakeRegister) -> None:
    keeps, said, back = ConsentActivities(shows_in(register)), taken(consent()), taken(withdrawal())
    keeps.capture_consent(shown(said))
    keeps.capture_withdrawal(shown(back))
    assert list(register.evidence.values()) == [said, back]


@pytest.mark.clause("SD-08")
def test_the_record_of_the_conversation_is_kept_as_it_was_taken(register: FakeRegister, book: FakeBook) -> None:
    keeps, talk = (
        ContactConversationActivities(FakePost(), register, shows_in(register), Effects(book)),
        taken(conversation()),
    )
    keeps.capture_conversation(shown(talk))
    assert list(register.evidence.values()) == [talk]


@pytest.mark.clause("SU-01")
def test_a_report_of_significant_harm_is_kept_as_it_was_taken(register: FakeRegister) -> None:
    report = taken(harm_report())
    SignificantHarmActivities(shows_in(register)).capture_harm_report(shown(report))
    assert list(register.evidence.values()) == [report]


def test_what_people_wrote_is_classed_as_what_it_says_on_its_way_to_the_register() -> None:
    assert shown(taken(consent())).privacy == "narrative"
    of_few = meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.LOOKED_AFTER))
    assert of_few.privacy == shown(taken(consent()), taken(of_few)).privacy == "restricted"


def test_who_shows_a_transfer_on_another_calendar_than_it_knows_tells_it(does: RegisterActivities) -> None:
    assert does.show_in_register(shown()) is None
    told = does.show_in_register(shown(calendar="england-of-last-year"))
    assert told is not None
    assert told.calendar is not None
    assert (told.calendar.version, told.calendar.known_from) == (calendar().version, (NOW - LOOKS_BACK).date())


def test_who_shows_a_transfer_that_knows_another_address_of_a_service_tells_it(does: RegisterActivities) -> None:
    assert does.show_in_register(shown(services=(service(), service(ref="service-gone")))) is None
    before = service(contact_email="old@north.example", name="Before", mosaic_team=None)
    told = does.show_in_register(shown(services=(before,)))
    assert told == News(services=(service(mosaic_team=None),)), "it goes on without Mosaic, as it was begun"


@pytest.mark.clause("ER-15")
def test_who_waits_for_a_child_is_told_that_it_is_free_though_temporal_did_not_answer_at_first(
    does: RegisterActivities, register: FakeRegister
) -> None:
    ended = requests.whole(requests.response(Outcome.GUIDANCE), requests.told())
    register.shown["request-2"] = (1, requests.status(requests.facts(id="request-2")))
    order = shown(status=requests.status(ended))
    register.troubles.before("look_again", PassingError("away"))
    with pytest.raises(ApplicationError) as passing:
        does.show_in_register(order)
    assert not passing.value.non_retryable
    does.show_in_register(order)
    assert register.told_to_look == [("help-request", "request-2")]
