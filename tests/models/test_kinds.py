"""The one table of how effects are carried out agrees with everything beside it."""

from datetime import timedelta

import pytest

from adapters.smtp import LONGEST_ATTEMPT
from models.attention import PROBLEMS
from models.effects import Effect
from models.kinds import EffectKind
from models.ways import WAYS, Protocol, System, Way
from workflows.step_down.orders import ORDERS
from workflows.timeouts import ALERT, CALCULATION, CHANNEL, LOOKS, MAIL, MOSAIC, REGISTER, TEMPORAL, Patience

LANES = {
    System.MOSAIC: {MOSAIC, LOOKS},
    System.MAIL: {MAIL, ALERT},
    System.CHANNEL: {CHANNEL},
    System.REGISTER: {REGISTER},
    System.TEMPORAL: {TEMPORAL},
    System.OURSELVES: {CALCULATION},
}


def test_every_kind_of_effect_has_its_way() -> None:
    assert set(WAYS) == set(EffectKind)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_problem_can_be_read_by_people(way: Way) -> None:
    assert way.problems <= set(PROBLEMS)


@pytest.mark.parametrize("kind", ORDERS.effects)
def test_an_effect_waits_in_the_lane_of_its_system(kind: EffectKind) -> None:
    assert ORDERS.effects[kind].patience in LANES[WAYS[kind].system]


@pytest.mark.parametrize("patience", [MAIL, ALERT], ids=["mail", "alerts"])
def test_the_longest_conversation_with_a_mail_server_ends_well_before_its_attempt(patience: Patience) -> None:
    assert timedelta(seconds=LONGEST_ATTEMPT) <= patience.attempt - timedelta(minutes=1)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_is_looked_up_says_what_is_looked_for(way: Way) -> None:
    assert bool(way.looked_up) == (way.protocol is Protocol.LOOKED_UP)


def test_mail_that_asks_nobody_for_a_name_is_the_mail_that_may_be_repeated() -> None:
    mailed = [way for way in WAYS.values() if way.system is System.MAIL]
    assert [way.asks_mosaic for way in mailed] == [way.protocol is Protocol.SENT_ONCE for way in mailed]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_key_names_fields_of_an_effect(way: Way) -> None:
    assert way.identity
    assert set(way.identity) <= set(Effect.model_fields)
