"""Who may act by their role: as the directory has it, on the day; and when it is asked anew (SD-23b)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.effects import Effect
from models.journey.people import NOT_IN_DIRECTORY, looked_up, responsible, who_recorded
from models.journey.recording import record_result
from models.journey.steps import Step
from models.kinds import EffectKind
from models.people import MOST_COLLEAGUES, Lack, Person, covers_of, lack, of_transfer
from models.step_down.acts import ASKS
from models.step_down.facts import StepDownFacts
from models.step_down.steps.decision import Decision
from models.step_down.whom_to_ask import whom_to_ask
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    NOW,
    SOCIAL_WORKER,
    acknowledgement,
    begin,
    decided,
    due,
    exploration,
    facts,
    in_directory,
    intent,
    opening,
    reassigned,
    record,
    result,
)
from tests.colleagues import COLLEAGUES, chair, manager
from tests.step_down import record_step, wanted
from workflows.step_down.orders import ORDERS

DAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)


def cover(**changes: Any) -> Person:
    """Somebody of another team, who stands in for the manager from the first of March until the sixth."""
    said = {"covers": ("tm-1",), "cover_from": date(2026, 3, 1), "cover_until": FRIDAY, "teams": ("team-other",)}
    return manager(**{"ref": "tm-2", "name": "Alex Specimen", **said, **changes})


def why_not(*people: Person, ref: str = "tm-1", role: Role = Role.TEAM_MANAGER, day: date = DAY) -> Lack | None:
    return lack(people, ref, role, "team-sw", day)


MAY = {
    "the manager of the team": ((manager(),), "tm-1", DAY),
    "on the last day": ((manager(until=DAY),), "tm-1", DAY),
    "who manages several teams": ((manager(teams=("team-other", "team-sw")),), "tm-1", DAY),
    "a cover on its first day": ((manager(), cover()), "tm-2", date(2026, 3, 1)),
    "a cover on its last day": ((manager(), cover()), "tm-2", FRIDAY),
    "a cover without a role of their own": ((manager(), cover(roles=(), teams=())), "tm-2", DAY),
    "a cover for one who has left": ((manager(until=date(2026, 2, 1)), cover()), "tm-2", DAY),
    "a cover for several": ((manager(), cover(covers=("tm-9", "tm-1"))), "tm-2", DAY),
}
MAY_NOT = {
    "nobody knows them": ((manager(),), "tm-9", DAY, Lack.NOT_SO),
    "who has another role": ((manager(roles=(Role.SOCIAL_WORKER,)),), "tm-1", DAY, Lack.NOT_SO),
    "the manager of another team": ((manager(teams=("team-other",)),), "tm-1", DAY, Lack.NOT_SO),
    "a manager without a team": ((manager(teams=()),), "tm-1", DAY, Lack.NOT_SO),
    "whose time has ended": ((manager(until=date(2026, 3, 1)),), "tm-1", DAY, Lack.GONE),
    "before the cover begins": ((manager(), cover()), "tm-2", date(2026, 2, 28), Lack.NO_COVER_THEN),
    "after the cover has ended": ((manager(), cover()), "tm-2", date(2026, 3, 7), Lack.NO_COVER_THEN),
    "a cover who has left": ((manager(), cover(until=date(2026, 3, 1))), "tm-2", DAY, Lack.GONE),
    "a cover for somebody of another team": (
        (manager(teams=("team-third",)), cover()),
        "tm-2",
        DAY,
        Lack.NOT_SO,
    ),
    "a cover of a cover": ((manager(), cover(), cover(ref="tm-3", covers=("tm-2",))), "tm-3", DAY, Lack.NOT_SO),
}


@pytest.mark.parametrize("case", MAY.values(), ids=MAY)
def test_who_has_the_role_for_the_team_may_act_and_so_may_their_cover(case: Any) -> None:
    people, ref, day = case
    assert why_not(*people, ref=ref, day=day) is None


@pytest.mark.parametrize("case", MAY_NOT.values(), ids=MAY_NOT)
def test_nobody_else_may_act(case: Any) -> None:
    people, ref, day, because = case
    assert why_not(*people, ref=ref, day=day) is because


def test_a_chair_is_chair_for_every_team_and_no_manager() -> None:
    assert why_not(chair(), ref="chair-1", role=Role.CHAIR) is None
    assert why_not(chair(), ref="chair-1") is Lack.NOT_SO


def test_who_stands_in_is_known_by_the_day() -> None:
    people = (manager(), cover(), cover(ref="tm-3", until=date(2026, 2, 28)))
    assert [one.ref for one in covers_of(people, "tm-1", DAY)] == ["tm-2"]
    assert list(covers_of(people, "tm-1", date(2026, 3, 7))) == []


def test_a_transfer_knows_those_of_its_team_their_covers_and_who_chairs() -> None:
    everybody = [
        manager(),
        cover(),
        chair(),
        manager(ref="sw-7", roles=(Role.SOCIAL_WORKER,)),
        manager(ref="sw-8", roles=(Role.SOCIAL_WORKER,)),
        manager(ref="sw-9", roles=(Role.SOCIAL_WORKER,), teams=("team-third",)),
        manager(ref="tm-4", teams=("team-third",)),
        cover(ref="tm-5", covers=("tm-4",)),
        cover(ref="chair-2", covers=("chair-1",), roles=()),
    ]
    known = of_transfer(everybody, "team-sw", ("sw-7", "tm-1"))
    assert {one.ref for one in known} == {"tm-1", "tm-2", "chair-1", "chair-2", "sw-7", "sw-8"}


def test_of_a_large_directory_the_own_team_comes_first() -> None:
    everybody = [*(chair(ref=f"chair-{number}") for number in range(MOST_COLLEAGUES)), manager()]
    known = of_transfer(everybody, "team-sw", ("sw-7", "tm-1"))
    assert (len(known), known[0].ref) == (MOST_COLLEAGUES, "tm-1")


def look(number: int) -> Effect:
    return Effect(kind=EffectKind.LOOK_UP_PEOPLE, number=number)


@pytest.mark.clause("SD-23b")
def test_a_start_whose_manager_the_directory_has_asks_nothing_and_any_other_start_does() -> None:
    assert looked_up(facts()) == ()
    for known in ((), (manager(teams=("team-other",)),), (manager(until=date(2026, 3, 1)),)):
        unknown = facts(opening=opening(people=tuple(one.colleague for one in known)))
        assert look(1) in due(unknown)
    assert look(1) not in due(facts(opening=opening(people=(), duplicate_of="transfer-9")))


def test_whom_to_ring_is_said_of_the_social_worker_and_the_manager_and_who_stands_in() -> None:
    worker = manager(ref="sw-7", name="Sam Sample", telephone="0113 496 0017")
    known = tuple(one.colleague for one in (worker, manager(), cover(telephone="0113 496 0009")))
    assert responsible(facts(opening=opening(people=known))) == (
        "Sam Sample (sw-7), 0113 496 0017, team team-sw; manager Jo Sample (tm-1), 0113 496 0003; "
        "Alex Specimen (tm-2), 0113 496 0009 stands in for them until 6 March 2026"
    )


@pytest.mark.clause("SD-23b")
def test_each_time_that_somebody_else_is_responsible_the_directory_is_asked_anew() -> None:
    now = record(facts(), reassigned())
    assert look(1) in wanted(now)
    now = record(now, reassigned(step_id="second", team_manager="tm-2"))
    assert (look(1) in wanted(now), look(2) in wanted(now)) == (False, True)
    order = ORDERS.effects[EffectKind.LOOK_UP_PEOPLE].order(now, intent(look(2)))
    assert (order.team, order.social_worker, order.team_manager) == ("team-sw", "sw-8", "tm-2")


@pytest.mark.clause("SD-23b")
def test_what_the_directory_said_last_is_what_counts_and_is_kept_once() -> None:
    now = record_result(begin(record(facts(), reassigned()), look(1)), result(look(1)))
    now = record_result(begin(record(now, reassigned(step_id="second")), look(2)), result(look(2)))
    kept = [one.people for one in now.effects if one.effect.kind is EffectKind.LOOK_UP_PEOPLE]
    assert kept == [None, COLLEAGUES]
    assert now.people == COLLEAGUES


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=40)])
def test_on_each_later_day_on_which_an_act_comes_to_be_waited_for_the_directory_is_asked_once(later: timedelta) -> None:
    def waiting(now: StepDownFacts, step_id: str, at: datetime) -> StepDownFacts:
        return record_step(now, decided({CHILD: Decision.NO_FURTHER_SUPPORT}, step_id=step_id, actor=SOCIAL_WORKER), at)

    same_day = waiting(facts(), "d1", NOW)
    assert looked_up(same_day) == ()
    another = waiting(same_day, "d2", NOW + later)
    assert looked_up(another) == (look(1),)
    assert looked_up(waiting(another, "d3", NOW + later)) == (look(1),)


@pytest.mark.clause("SD-23b")
def test_somebody_who_asks_has_the_directory_read_anew() -> None:
    assert look(1) in wanted(facts(people_asked=(NOW,)))


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize("kind", ASKS)
def test_where_a_manager_needs_nobody_elses_act_the_directory_has_them_as_manager(kind: type[Step]) -> None:
    assert Role.TEAM_MANAGER in kind.counts_as or Role.TEAM_MANAGER not in kind.recorded_by


def test_a_person_of_the_directory_is_named() -> None:
    assert (facts().called("tm-1"), facts().called("sw-7")) == ("Jo Sample (tm-1)", "sw-7")


def test_who_records_for_the_team_and_is_in_no_directory_is_said_to_be_that() -> None:
    known = manager(ref="sw-7", name="Sam Sample", roles=(Role.SOCIAL_WORKER,))
    before, in_it = facts(), in_directory(facts(), manager(), known)
    empty = facts(opening=opening(people=()))
    assert who_recorded(before, exploration()) == f"social worker sw-7{NOT_IN_DIRECTORY}"
    assert who_recorded(in_it, exploration()) == "social worker Sam Sample (sw-7)"
    assert who_recorded(empty, exploration()) == "social worker sw-7"
    elsewhere = exploration(actor=SOCIAL_WORKER.model_copy(update={"team": "south-1"}))
    assert who_recorded(before, elsewhere) == "social worker sw-7 of south-1"
    assert NOT_IN_DIRECTORY not in who_recorded(before, acknowledgement())


def test_a_transfer_knows_everybody_of_its_team_after_who_may_act() -> None:
    worker, other = manager(ref="sw-7", roles=(Role.SOCIAL_WORKER,)), manager(ref="sw-8", teams=("team-other",))
    known = of_transfer([worker, other, chair(), manager()], "team-sw", ())
    assert [one.ref for one in known] == ["tm-1", chair().ref, "sw-7"]


def test_colleagues_elsewhere_read_the_social_worker_by_name_and_telephone_as_far_as_they_are_known() -> None:
    sam = manager(ref=SOCIAL_WORKER.id, name="Sam Sample", telephone="0113 496 0017", roles=(Role.SOCIAL_WORKER,))
    assert whom_to_ask(in_directory(facts(), sam)) == "Sam Sample, 0113 496 0017, team team-sw"
    assert whom_to_ask(in_directory(facts(), manager())) == "team team-sw"
