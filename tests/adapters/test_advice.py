"""Advice about families whom nobody named: counted, on SQLite and on PostgreSQL, and nothing else kept (ER-08)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from models.operations.advice import AdviceChannel, AdviceKind, Advised
from models.register.tables import AdviceRow
from tests.register import WholeRegister

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

TODAY = date(2026, 3, 2)
OWN_WORK, LINE = AdviceKind.OWN_WORK, AdviceChannel.LINE


@pytest.mark.clause("ER-08")
def test_advice_is_counted_by_day_kind_and_channel(register: WholeRegister) -> None:
    for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
        register.count(day, OWN_WORK, LINE)
    register.count(TODAY, AdviceKind.HOW_TO_REQUEST, AdviceChannel.MAILBOX)
    assert register.given(TODAY, TODAY) == [
        Advised(AdviceKind.HOW_TO_REQUEST, AdviceChannel.MAILBOX, 1),
        Advised(OWN_WORK, LINE, 2),
    ]
    assert Advised(OWN_WORK, LINE, 3) in register.given(TODAY, TODAY + timedelta(days=1))
    assert register.given(TODAY - timedelta(days=9), TODAY - timedelta(days=1)) == []


@pytest.mark.clause("ER-08")
def test_of_many_who_advise_at_once_each_is_counted(register: WholeRegister) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: register.count(TODAY, OWN_WORK, LINE), range(24)))
    assert register.given(TODAY, TODAY) == [Advised(OWN_WORK, LINE, 24)]


@pytest.mark.clause("ER-08")
def test_there_is_no_place_in_which_anything_of_a_family_could_stand(register: WholeRegister) -> None:
    assert set(AdviceRow.model_fields) == {"day", "kind", "channel", "number"}
    register.count(TODAY, OWN_WORK, LINE)
    assert register.transfers() == []
