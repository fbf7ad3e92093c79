"""When a key may go: not while it seals, and not while a history that Temporal keeps holds something under it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.operations.keys import Found, KeysOfWorker, Noted, Story, What, use_of, uses

AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def story(*keys: str, closed_at: datetime | None = None) -> Story:
    return Story(workflow_id="step-down/t-1", keys=frozenset(keys), closed_at=closed_at)


def worker(*keys: str) -> KeysOfWorker:
    return KeysOfWorker(identity="1@one", keys=keys)


def found(*stories: Story, **changes: Any) -> Found:
    said = {"ring": ("new", "old"), "rows": {}, "stories": stories, "retention": MONTH, "workers": ()}
    return Found(**{**said, **changes})


def test_a_key_that_nothing_in_temporal_is_under_may_go_whatever_the_register_holds() -> None:
    use = use_of(found(story("new"), rows={"old": 7}), "old")
    assert (use.may_go, use.rows, use.place) == (True, 7, 2)


def test_the_key_that_seals_may_not_go() -> None:
    assert not use_of(found(), "new").may_go


def test_a_key_that_an_open_transfer_holds_may_not_go_and_nobody_knows_until_when() -> None:
    use = use_of(found(story("old", "new"), story("old", closed_at=AT)), "old")
    assert (use.open, use.closed, use.free_at) == (1, 1, None)
    assert use.waits == (
        "1 open workflow holds payloads under it.",
        "1 ended workflow that Temporal keeps holds payloads under it.",
    )


def test_a_key_that_ended_transfers_hold_is_free_when_temporal_has_let_the_last_of_them_go() -> None:
    use = use_of(found(story("old", closed_at=AT), story("old", closed_at=AT + MONTH)), "old")
    assert use.free_at == AT + 2 * MONTH
    assert use.waits == (
        "2 ended workflows that Temporal keeps hold payloads under it, the last until 31 May 2026 13:00.",
    )


def test_a_key_under_which_a_worker_still_seals_may_not_go() -> None:
    use = use_of(found(workers=(worker("old", "new"),)), "old")
    assert use.waits == ("1 worker still seals under it: 1@one.",)


def test_a_key_that_is_in_use_and_not_here_is_named() -> None:
    all_of_them = uses(found(story("gone"), rows={"lost": 2, "new": 1}))
    assert [one.id for one in all_of_them] == ["new", "old", "gone", "lost"]
    assert [one.place for one in all_of_them] == [1, 2, None, None]
    assert "not in TRANSFERS_KEYS here" in all_of_them[3].waits[0]


def test_the_spare_is_the_key_that_was_made_and_never_sealed() -> None:
    made = Noted(key_id="old", what=What.MADE, at=AT)
    seals = Noted(key_id="old", what=What.SEALS, at=AT)
    assert found(noted=(made,)).spare == "old"
    assert found(noted=(made, seals)).spare is None
    assert found(noted=(made,), ring=("new",)).unused == ("old",)
    assert found().spare is None


def test_a_key_that_is_to_take_over_may_not_go_as_another_process_may_seal_under_it_already() -> None:
    made = Noted(key_id="next", what=What.MADE, at=AT)
    use = use_of(found(ring=("old", "next"), noted=(made,)), "next")
    assert use.is_next
    assert "may seal elsewhere already" in use.waits[0]
    seals = Noted(key_id="next", what=What.SEALS, at=AT + MONTH)
    assert use_of(found(ring=("newer", "next"), noted=(made, seals)), "next").may_go


def test_a_key_that_was_lost_before_the_one_that_seals_was_made_holds_up_no_later_one() -> None:
    lost = Noted(key_id="lost", what=What.MADE, at=AT)
    assert found(noted=(lost,)).not_here == ("lost",)
    later = Noted(key_id="new", what=What.MADE, at=AT + MONTH)
    assert found(noted=(lost, later)).not_here == ()


def test_workers_that_lack_a_key_or_seal_with_another_are_named() -> None:
    workers = (worker("new", "old"), KeysOfWorker(identity="2@two", keys=("old",)))
    assert found(workers=workers).lacking("new") == ("2@two",)
    assert found(workers=workers).sealing_otherwise() == ("2@two",)


def test_what_no_key_here_opens_is_not_sealed_anew_and_holds_up_no_other_key() -> None:
    assert found(rows={"new": 3, "old": 1}).to_seal_anew
    assert not found(rows={"new": 3, "lost": 2, "unreadable": 1}).to_seal_anew
