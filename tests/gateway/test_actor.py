"""Who acts is the person whom the token names: whatever a body says, nobody's act counts that they did not send."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.project import EXAMPLES
from cli.rehearsal.case_file import read_case
from client.errors import InputError
from client.journeys import EVERY, kind_named
from gateway.actor import acting
from gateway.bodies import step_said
from gateway.problems import Code, ProblemError
from models.access import Caller
from models.journey.steps import PauseClock, ReportSignificantHarm, Step
from models.kinds import JourneyKind
from models.step_down.steps.acts import Authorise
from models.vocabulary import Role
from tests.builders import NOW

REFS = st.sampled_from(["sw-17", "tm-3", "eh-4", "north-2", "EH-EAST"])
CALLERS = st.builds(
    Caller, who=REFS, roles=st.frozensets(st.sampled_from([*Role]), max_size=3), teams=st.frozensets(REFS, max_size=2)
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | REFS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
ACTORS = ANYTHING | st.fixed_dictionaries(
    {},
    optional={
        "id": REFS | ANYTHING,
        "role": st.sampled_from([role.value for role in Role]) | ANYTHING,
        "team": REFS | ANYTHING,
    },
)
STEPS = [step for kind in EVERY for step in kind.steps]
STEP_DOWN = kind_named(JourneyKind.STEP_DOWN)
REAL = read_case(EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml", "t-1", NOW).steps
"""What people of a case record."""


@given(caller=CALLERS, said=ACTORS, which=st.sampled_from(STEPS))
def test_whoever_acts_is_the_person_of_the_token_in_a_role_and_for_a_team_of_theirs(
    caller: Caller, said: Any, which: type[Step]
) -> None:
    with contextlib.suppress(ProblemError):
        actor = acting(caller, which, said)
        assert actor["id"] == caller.who
        assert actor["role"] in {role.value for role in caller.roles or {Role.REFERRER}}
        assert actor["team"] in {*caller.teams, None}


@given(caller=CALLERS, said=ACTORS, which=st.sampled_from(REAL), more=st.dictionaries(st.text(max_size=8), ANYTHING))
def test_no_body_makes_a_step_that_somebody_else_did(
    caller: Caller, said: Any, which: Step, more: dict[str, Any]
) -> None:
    body = {**more, **which.model_dump(mode="json", exclude={"actor", "step_id"}), "actor": said}
    with contextlib.suppress(ProblemError, InputError):
        made = step_said(STEP_DOWN, which.step, body, key="key-1", caller=caller, now=which.occurred_at)
        assert (made.step_id, made.actor.id) == ("key-1", caller.who)
        assert made.actor.role in (caller.roles or {Role.REFERRER})
        assert made.actor.team in {*caller.teams, None}


@given(caller=CALLERS, which=st.sampled_from(REAL))
def test_a_body_that_says_nothing_of_who_acts_is_of_the_person_of_the_token(caller: Caller, which: Step) -> None:
    body = which.model_dump(mode="json", exclude={"actor", "step_id"})
    with contextlib.suppress(ProblemError):
        made = step_said(STEP_DOWN, which.step, body, key="key-1", caller=caller, now=which.occurred_at)
        assert made.actor.id == caller.who


MANAGER = Caller(who="tm-3", roles=frozenset({Role.TEAM_MANAGER}), teams=frozenset({"north-2"}))


def test_what_the_token_says_need_not_be_said_again() -> None:
    assert acting(MANAGER, Authorise, None) == {"id": "tm-3", "role": "team_manager", "team": "north-2"}
    assert acting(MANAGER, Authorise, {"role": "team_manager"})["id"] == "tm-3"


@pytest.mark.parametrize(
    ("said", "field"),
    [({"id": "tm-4"}, "actor.id"), ({"role": "social_worker"}, "actor.role"), ({"team": "south-1"}, "actor.team")],
)
def test_a_body_that_names_somebody_else_is_refused(said: dict[str, str], field: str) -> None:
    with pytest.raises(ProblemError) as refused:
        acting(MANAGER, Authorise, said)
    assert (refused.value.code, refused.value.more["field"]) == (Code.NOT_FOR_YOU, field)


def test_of_several_roles_the_one_in_which_it_may_be_recorded_is_taken() -> None:
    both = MANAGER.model_copy(update={"roles": frozenset({Role.TEAM_MANAGER, Role.CHAIR})})
    assert acting(both, Authorise, None)["role"] == "team_manager"


def test_where_several_roles_may_record_it_the_body_says_which() -> None:
    both = MANAGER.model_copy(update={"roles": frozenset({Role.TEAM_MANAGER, Role.OPERATIONS})})
    with pytest.raises(ProblemError, match=r"Say in which role you act, as actor\.role: operations, team_manager\."):
        acting(both, PauseClock, None)
    assert acting(both, PauseClock, {"role": "operations"})["role"] == "operations"


@pytest.mark.clause("SU-01")
def test_nobody_is_kept_from_reporting_harm_by_a_question_about_their_role() -> None:
    several = MANAGER.model_copy(update={"roles": frozenset({Role.TEAM_MANAGER, Role.CHAIR})})
    assert acting(several, ReportSignificantHarm, None)["role"] in {"team_manager", "chair"}
    nobody = MANAGER.model_copy(update={"roles": frozenset()})
    assert acting(nobody, ReportSignificantHarm, None)["role"] == "referrer"


@pytest.mark.clause("SU-01")
def test_nobody_is_kept_from_reporting_harm_by_how_their_token_names_them_or_their_team() -> None:
    by_mail = Caller(who="jo@school.example", teams=frozenset({"North Team 2"}))
    said = {"occurred_at": NOW.isoformat(), "children": [{"ref": "child-1"}], "concern": "Bruises."}
    made = [
        step_said(STEP_DOWN, "report_significant_harm", said, key=key, caller=by_mail, now=NOW)
        for key in ("k-1", "k-2")
    ]
    assert made[0].actor == made[1].actor
    assert made[0].actor.id.startswith("by-token-")
    assert made[0].actor.team is None


def test_whom_the_token_names_by_no_reference_records_nothing_else() -> None:
    by_mail = MANAGER.model_copy(update={"who": "jo@council.example"})
    with pytest.raises(ProblemError, match="by no reference") as refused:
        acting(by_mail, Authorise, None)
    assert (refused.value.code, refused.value.more["field"]) == (Code.NOT_FOR_YOU, "actor.id")


def test_whoever_has_no_role_records_nothing_else() -> None:
    with pytest.raises(ProblemError, match="no role"):
        acting(MANAGER.model_copy(update={"roles": frozenset()}), Authorise, None)
