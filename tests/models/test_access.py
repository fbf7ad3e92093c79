"""Who sees what of a journey."""

import pytest

from models.access import About, Caller, Part, Privacy, View, may_read, view

PLAIN, NARRATIVE, RESTRICTED = Privacy
OF_CASEWORK = frozenset({PLAIN, NARRATIVE})
OPERATIONS = Caller(who="op-1", everywhere=frozenset({PLAIN}))
SAFEGUARDING = Caller(who="tm-9", everywhere=frozenset(Privacy))
OWN_WORKER = Caller(who="sw-1")
OWN_TEAM = Caller(who="sw-9", teams=frozenset({"team-1", "team-7"}), own=OF_CASEWORK)
OWN_TEAM_WITHOUT_A_ROLE = Caller(who="sw-8", teams=frozenset({"team-1"}))
OTHER_TEAM = Caller(who="sw-7", teams=frozenset({"team-2"}), own=OF_CASEWORK)
NO_TEAM = Caller(who="sw-6", own=OF_CASEWORK)
SERVICE = Caller(who="eh-1", teams=frozenset({"EH-EAST"}), own=OF_CASEWORK)
SERVICE_WITHOUT_A_ROLE = Caller(who="eh-2", teams=frozenset({"EH-EAST"}))
OTHER_SERVICE = Caller(who="eh-3", teams=frozenset({"EH-WEST"}), own=OF_CASEWORK)
IN_BOTH = Caller(who="op-2", teams=frozenset({"team-1"}), everywhere=frozenset({PLAIN}), own=OF_CASEWORK)

NAMED, TEAM = frozenset({"sw-1", "tm-1"}), frozenset({"team-1"})
AGREED = {"east-hub": frozenset({"child-1"}), "EH-EAST": frozenset({"child-1"}), "west-hub": frozenset({"child-2"})}
ORDINARY = About(restricted=False, named=NAMED, teams=TEAM, agreed=AGREED)
NOT_AGREED = About(restricted=False, named=NAMED, teams=TEAM)
OF_THE_SERVICE = About(restricted=False, teams=frozenset({"east-hub", "EH-EAST"}))
SECRET = About(restricted=True, named=NAMED, teams=TEAM | {"EH-EAST"}, agreed=AGREED)

ALL, RESPONSIBLE = View(part=Part.EVERYTHING), View(part=Part.EVERYTHING, is_theirs=True)
OWN = View(part=Part.WITHOUT_RESTRICTED, is_theirs=True)
PLAINLY, NOTHING = View(part=Part.WITHOUT_NARRATIVE), View(part=Part.NOTHING)
CHILD_1 = View(part=Part.THESE_CHILDREN, children=frozenset({"child-1"}))


@pytest.mark.parametrize(
    ("caller", "ordinary", "not_agreed", "of_the_service"),
    [
        (OWN_WORKER, RESPONSIBLE, RESPONSIBLE, NOTHING),
        (SAFEGUARDING, ALL, ALL, ALL),
        (OWN_TEAM, OWN, OWN, NOTHING),
        (OWN_TEAM_WITHOUT_A_ROLE, NOTHING, NOTHING, NOTHING),
        (OTHER_TEAM, NOTHING, NOTHING, NOTHING),
        (NO_TEAM, NOTHING, NOTHING, NOTHING),
        (OPERATIONS, PLAINLY, PLAINLY, PLAINLY),
        (IN_BOTH, OWN, OWN, PLAINLY),
        (SERVICE, CHILD_1, NOTHING, OWN),
        (SERVICE_WITHOUT_A_ROLE, NOTHING, NOTHING, NOTHING),
        (OTHER_SERVICE, NOTHING, NOTHING, NOTHING),
        (Caller(who="somebody"), NOTHING, NOTHING, NOTHING),
    ],
)
def test_of_a_family_that_is_not_restricted_each_sees_what_is_theirs(
    caller: Caller, ordinary: View, not_agreed: View, of_the_service: View
) -> None:
    assert [view(caller, about) for about in (ORDINARY, NOT_AGREED, OF_THE_SERVICE)] == [
        ordinary,
        not_agreed,
        of_the_service,
    ]


EVERYBODY = (
    OWN_WORKER,
    SAFEGUARDING,
    OWN_TEAM,
    OWN_TEAM_WITHOUT_A_ROLE,
    OTHER_TEAM,
    NO_TEAM,
    OPERATIONS,
    IN_BOTH,
    SERVICE,
    SERVICE_WITHOUT_A_ROLE,
    OTHER_SERVICE,
)


@pytest.mark.parametrize("caller", EVERYBODY)
def test_of_a_restricted_family_only_who_is_named_or_reads_what_is_restricted_sees_anything(caller: Caller) -> None:
    assert view(caller, SECRET) == {OWN_WORKER: RESPONSIBLE, SAFEGUARDING: ALL}.get(caller, NOTHING)


def test_whoever_reads_every_journey_has_as_theirs_what_is_their_teams_own_alone() -> None:
    of_the_team = SAFEGUARDING.model_copy(update={"teams": TEAM, "own": OF_CASEWORK})
    assert view(of_the_team, ORDINARY) == RESPONSIBLE
    assert view(of_the_team, OF_THE_SERVICE) == ALL
    assert view(of_the_team, SECRET) == ALL


@pytest.mark.parametrize("caller", EVERYBODY)
def test_what_the_register_does_not_know_is_taken_for_restricted(caller: Caller) -> None:
    assert view(caller, None) == (ALL if caller is SAFEGUARDING else NOTHING)


@pytest.mark.parametrize(
    ("caller", "about", "reads"),
    [
        (OWN_WORKER, ORDINARY, {PLAIN, NARRATIVE, RESTRICTED}),
        (OWN_WORKER, SECRET, {PLAIN, NARRATIVE, RESTRICTED}),
        (SAFEGUARDING, SECRET, {PLAIN, NARRATIVE, RESTRICTED}),
        (OWN_TEAM, ORDINARY, {PLAIN, NARRATIVE}),
        (OPERATIONS, ORDINARY, {PLAIN}),
        (SERVICE, ORDINARY, set()),
        (OTHER_TEAM, ORDINARY, set()),
        (OPERATIONS, SECRET, set()),
        (OPERATIONS, None, set()),
    ],
)
def test_the_classes_of_payloads_follow_from_what_is_seen(
    caller: Caller, about: About | None, reads: set[Privacy]
) -> None:
    assert {privacy for privacy in Privacy if may_read(caller, privacy, about)} == reads
