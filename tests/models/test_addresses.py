"""Nothing that is for whoever supports a family goes to an address where somebody of it reads (SD-33a)."""

import pytest

from models.kinds import EffectKind
from models.step_down.addresses import same_address
from models.step_down.facts import StepDownFacts
from models.step_down.family import SafeContact
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.consent import Shareable
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.family import RecordFamily
from models.ways import WAYS
from tests.builders import (
    CHILD,
    by_post,
    child_consent,
    consent,
    decision,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_record,
    letters,
    no_letter,
    opening,
    person,
    practitioner,
    refused,
    whole_path,
    without_mosaic,
)

pytestmark = pytest.mark.clause("SD-33a")

PRACTITIONER, SERVICE = "pat@hill.example", "contact@north.example"


def reads_at(address: str, **changes: object) -> RecordFamily:
    """The father is reached there."""
    contact = SafeContact.model_validate({"ways": [{"by": "email", "to": address}], **changes})
    return family_record(people=(person("mother"), person("father", lives_with=False, contact=contact)), step_id="f-2")


def told(now: StepDownFacts) -> set[EffectKind]:
    """What was begun that is mailed, and tells of the family."""
    return {one.kind for one in now.begun if WAYS[one.kind].tells_of_family and one.kind is not EffectKind.CLOSE_CHILD}


@pytest.mark.parametrize("shared", [(Shareable.ASSESSMENT, Shareable.ADVICE_SUMMARY), (Shareable.ASSESSMENT,)])
def test_a_practitioner_at_whose_address_somebody_of_the_family_reads_is_sent_nothing(
    shared: tuple[Shareable, ...],
) -> None:
    answers = consent(child_consent(may_share=shared))
    path = [answers if step.step == "record_consent" else step for step in whole_path()[:-4]]
    start = facts(opening=opening(service=without_mosaic()))
    known = facts_after(*path, reads_at(PRACTITIONER.upper()), decision(), before=start)
    assert known.child(CHILD).is_closed
    to_practitioner = {EffectKind.SEND_ADVICE_SUMMARY, EffectKind.TELL_SAFETY, EffectKind.RECOMMEND_FAMILIES_FIRST}
    assert not told(known) & to_practitioner
    elsewhere = practitioner(email="pat@elsewhere.example", step_id="named", corrects="name_lead_practitioner")
    now = facts_after(elsewhere, before=known)
    one = EffectKind.SEND_ADVICE_SUMMARY if Shareable.ADVICE_SUMMARY in shared else EffectKind.TELL_SAFETY
    assert told(now) & to_practitioner == {one, EffectKind.RECOMMEND_FAMILIES_FIRST}


def test_a_service_at_whose_address_somebody_of_the_family_reads_is_not_asked_nor_sent_a_document() -> None:
    start = facts_after(reads_at(SERVICE), before=facts(opening=opening(service=without_mosaic())))
    now = facts_after(*whole_path()[:3], before=start)
    assert told(now) == set()
    right = family_record(step_id="f-3", corrects="f-2")
    assert told(facts_after(right, before=now)) == {EffectKind.MAIL_DOCUMENT, EffectKind.REQUEST_CONVERSATION}


def test_a_child_is_not_closed_while_its_pack_would_be_read_by_somebody_of_the_family() -> None:
    before = facts_before(RecordDecisions)
    by_mail = facts_after(*whole_path()[:-4], before=facts(opening=opening(service=without_mosaic())))
    now = facts_after(reads_at(SERVICE), decision(), before=by_mail)
    assert EffectKind.SEND_PACK not in told(now)
    assert not now.child(CHILD).is_closed
    assert facts_after(decision(), before=before).child(CHILD).is_closed


@pytest.mark.parametrize("address", [PRACTITIONER, SERVICE])
def test_what_went_to_an_address_where_somebody_of_the_family_is_known_to_read_since_asks_for_a_person(
    address: str,
) -> None:
    now = facts_after(reads_at(address), before=facts_before(ApproveLetters))
    assert [item.problem for item in now.attention] == ["has_left"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("5 Mill Row, Leeds", "5, Mill Row, LEEDS", True),
        ("5 Mill Row, Leeds LS1 2AB", "Flat 1, 5 Mill Row", True),
        ("5 Mill St, Leeds LS12AB", "5 Mill Street, Leeds", True),
        ("5 Mill Row, Leeds", "7 Mill Row, Leeds", False),
        ("Flat 1, 5 Mill Row", "Flat 2, 5 Mill Row, Leeds", True),
        ("Rose Cottage, Mill Lane", "Rose Cottage, Mill Ln, Leeds", True),
        ("5 Mill Row", "5 Hill Row", False),
        ("Leeds", "5 Mill Row, Leeds", False),
        ("12 The High Street", "12 High Street, Leeds", True),
        ("Rose Cottage, Mill Lane, LS1 4AP", "Rose Cottage, Otley, LS14AP", True),
        ("5 Mill Row, LS1 4AP", "Rose Cottage, Otley, LS1 4AP", True),
        ("Rose Cottage, Mill Lane, LS1 4AP", "Rose Cottage, Otley, LS9 4AP", False),
        ("5 Mill Row, LS1 4AP", "7 Hill Row, Leeds, LS1 4AP", False),
        ("ann@home.example", "ANN@home.example", True),
        ("ann@home.example", "home.example@ann", False),
        ("5 Zo\u00eb Row, Leeds", "5 ZOE\u0308 Row, Leeds", True),
        ("Zo\u00eb Cottage, Mill Lane", "Zoe\u0308 Cottage, Mill Lane, Leeds", True),
    ],
)
def test_an_address_that_two_people_typed_differently_is_the_same(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same_address(other, one) is same


@pytest.mark.parametrize("typed", ["ZOE\u0308'S  Nursery", "zo\u00eb's nursery"])
def test_an_agency_is_the_same_however_its_name_is_typed(typed: str) -> None:
    explored = exploration(agencies=("Zo\u00eb's Nursery",), took_part_in_plan=("Zo\u00eb's Nursery",))
    assert explored.in_plan(typed)


def test_nothing_goes_by_post_to_somebody_at_whose_house_somebody_unsafe_is_known_to_read() -> None:
    def at(address: str, **changes: object) -> SafeContact:
        return SafeContact.model_validate({"ways": [{"by": "post", "to": address}], **changes})

    father = person("father", lives_with=False, contact=at("5, Mill Row, LEEDS", unsafe_because="he threatened her"))
    mother = person("mother", contact=at("5 Mill Row, Leeds LS1 2AB"))
    now = facts_after(family_record(people=(mother, father), step_id="f-2"), before=facts_before(ApproveLetters))
    assert refused(now, letters(by_post(), no_letter("none", person="father"))).clause == "SD-33a"


def at_home(**changes: object) -> RecordFamily:
    """Both were written to at one house; the father now as this says, with no way that is safe."""
    then = {"contact": SafeContact.model_validate({"ways": [{"by": "post", "to": "5 Mill Row, Leeds"}]})}
    against = {"contact": SafeContact(unsafe_because="he threatened her"), **changes}
    father = person("father", **(against if changes else then))
    said = {"step_id": "f-2", "corrects": "f-1"} if changes else {"step_id": "f-1"}
    return family_record(people=(person("mother", **then), father), **said)


@pytest.mark.parametrize(("lives_with", "told"), [(True, False), (False, True)])
def test_whoever_is_not_safe_any_more_still_reads_at_the_house_that_they_have_not_left(
    lives_with: bool, told: bool
) -> None:
    before = facts_after(at_home(), before=facts_before(ApproveLetters))
    now = facts_after(at_home(lives_with=lives_with), before=before)
    approval = letters(by_post(), no_letter("none", person="father"))
    if told:
        assert facts_after(approval, before=now).letters
    else:
        assert refused(now, approval).field == "letters.0"
