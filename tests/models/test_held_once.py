"""What nearly all transfers hold alike takes its memory once; what differs by anything stays apart."""

import gc
import weakref

from models.calendar import KnownDays
from models.held_once import held_once
from models.journey.counting import told_of
from models.journey.projection import News
from models.journey.recorded import Opening
from models.policy import Policy
from tests.builders import THEN, calendar, facts, service

AS_SENT = Opening(policy=Policy(), service=service(), calendar=calendar().known_days(THEN)).model_dump_json()


def opened(said: str = AS_SENT) -> Opening:
    return Opening.model_validate_json(said)


def test_transfers_with_the_same_policy_service_and_calendar_hold_one_of_each() -> None:
    first, second = opened(), opened()
    assert first.policy is second.policy
    assert first.service is second.service
    assert first.calendar is second.calendar


def test_a_policy_that_differs_by_a_moment_is_another_one() -> None:
    other = opened(AS_SENT.replace('"shown_after":"PT2S"', '"shown_after":"PT3S"'))
    assert other.policy is not opened().policy
    assert other.policy != opened().policy


def test_a_calendar_of_which_a_transfer_is_told_later_is_held_once_too() -> None:
    def newer() -> KnownDays:
        return KnownDays.model_validate_json(calendar().known_days(THEN).model_dump_json())

    first, second = (told_of(facts(), News(calendar=newer()), 0) for _ in range(2))
    assert first.newer_calendar is second.newer_calendar


def test_what_no_transfer_holds_any_more_is_forgotten() -> None:
    seen = weakref.ref(held_once(Policy(version="of-one-transfer")))
    gc.collect()
    assert seen() is None
