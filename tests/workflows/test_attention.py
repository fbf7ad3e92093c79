"""When a machine step cannot be done: it says what is wrong, everything else goes on, and a person ends it."""

import pytest

from models.attention import Resolution
from models.effects import Ended
from models.errors import LastingError, NothingHappenedError, PassingError, UnclearError
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    SIBLING,
    acknowledgement,
    advice,
    consent,
    conversation,
    decided,
    exploration,
    family_sharing,
    letters,
    looked_at,
    practitioner,
    refused_consent,
    resolution,
    seen,
    to_family,
    whole_path,
)
from tests.workflows.conftest import House, Transfer


async def decided_for(house: House, *children: str) -> Transfer:
    """A transfer in which the children pass on, up to the decision."""
    transfer = await house.start(*children)
    await transfer.record(exploration(), consent(*children), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(conversation(*children), practitioner(), advice(*children))
    await transfer.record(decided(dict.fromkeys(children, Decision.TRANSFER)))
    return transfer


async def test_a_locked_child_needs_a_person_and_its_sibling_is_closed(house: House) -> None:
    house.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await decided_for(house, CHILD, SIBLING)
    now = await transfer.attention()
    await transfer.until(lambda now: any(child.value("closed_in_mosaic") for child in now.children))
    [item] = now.attention
    assert (item.id, item.problem, item.who) == ("A1", "locked", Role.OPERATIONS)
    assert item.words.advice == "Ask them to save and close it, then retry."
    assert "operations" in now.waiting_for
    assert now.stage == Stage.CLOSURE
    await transfer.record(to_family(CHILD, SIBLING))
    assert len(house.mosaic.completed) == 1


async def test_a_try_that_a_person_ordered_goes_on_where_it_stopped(house: House) -> None:
    house.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await decided_for(house, CHILD)
    await transfer.attention()
    await transfer.record(resolution("A1", Resolution.RETRY))
    now = await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    assert not now.needs_attention
    assert now.children[0].value("closed_in_mosaic")
    await transfer.settled()
    assert len(house.post.sent_to("pat@hill.example")) == 1


async def test_a_try_that_fails_again_is_a_new_item(house: House) -> None:
    locked = LastingError("locked", "the step is locked")
    house.mosaic.troubles.before("complete", locked, locked)
    transfer = await decided_for(house, CHILD)
    await transfer.attention()
    await transfer.record(resolution("A1", Resolution.RETRY))
    now = await transfer.until(lambda now: len(now.attention) == 2)
    assert [(item.id, item.open) for item in now.attention] == [("A1", False), ("A2", True)]
    await transfer.record(resolution("A2", Resolution.RETRY))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)


async def test_what_a_person_did_by_hand_counts_as_done_and_is_on_record(house: House) -> None:
    house.mosaic.troubles.before("complete", LastingError("early_help_open", "open already"))
    transfer = await decided_for(house, CHILD)
    await transfer.attention()
    await transfer.record(resolution("A1", Resolution.DONE_BY_HAND))
    now = await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    assert now.children[0].value("closed_in_mosaic")
    [ended] = [done for done in house.book.results.values() if done.ended is Ended.BY_HAND]
    assert ended.evidence == "recorded by ops-1 in step resolve-A1"
    assert house.mosaic.completed == {}
    await transfer.record(letters(), acknowledgement(), seen())
    assert await transfer.outcome() == Outcome.TRANSFERRED


async def test_a_letter_may_be_skipped_with_a_reason(house: House) -> None:
    said = "The mail server answered with code 550."
    house.post.troubles.before("send_letter", LastingError("refused_address", "550", said))
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    [item] = (await transfer.attention()).attention
    assert item.known_beyond == f"{said} It goes to Ms Example, mother@home.example."
    await transfer.record(resolution("A1", Resolution.SKIP))
    assert await transfer.outcome() == Outcome.CONSENT_REFUSED
    assert house.post.sent == []
    assert [done.ended for done in house.book.results.values()] == [Ended.SKIPPED]


async def test_the_closing_of_a_child_is_not_skipped(house: House) -> None:
    house.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await decided_for(house, CHILD)
    await transfer.attention()
    said = resolution("A1", Resolution.SKIP)
    assert (await transfer.refused(said)).message.startswith("This must not be skipped")


@pytest.mark.parametrize("how", [Resolution.DONE_BY_HAND, Resolution.SKIP])
async def test_an_unclear_letter_needs_a_person_and_is_never_sent_a_second_time(house: House, how: Resolution) -> None:
    house.post.troubles.after("send_letter", UnclearError("no answer"))
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    now = await transfer.attention()
    assert [item.problem for item in now.attention] == ["unclear"]
    assert "may or may not have been sent" in now.attention[0].words.happened
    await transfer.record(resolution("A1", how))
    await transfer.outcome()
    assert len(house.post.sent) == 1


async def test_an_unclear_letter_is_sent_again_when_a_person_found_that_it_did_not_arrive(house: House) -> None:
    house.post.troubles.before("send_letter", UnclearError("no answer"))
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    await transfer.attention()
    assert house.post.sent == []
    await transfer.record(resolution("A1", Resolution.RETRY))
    await transfer.outcome()
    assert len(house.post.sent) == 1


async def test_what_stops_all_mail_is_asked_once_and_the_mail_of_others_goes_out_by_itself(house: House) -> None:
    said = "The mail server answered 554 5.7.1 to our sender."
    house.post.troubles.before("request_conversation", *(LastingError("mail_setup", "554", said) for _ in range(2)))
    first = await house.start()
    await first.record(exploration(), consent(), family_sharing())
    [item] = (await first.attention()).attention
    assert (item.problem, said in item.explained) == ("mail_setup", True)
    second = await house.start(SIBLING)
    await second.record(exploration(), consent(SIBLING), family_sharing())
    await second.until(lambda now: now.stage == Stage.CONVERSATION)
    await second.settled()
    assert (await second.status()).attention == ()
    await first.record(resolution(item.id, Resolution.RETRY))
    await first.until(lambda now: not now.needs_attention)
    assert len(house.post.sent) == 2


async def test_a_failure_that_passes_is_tried_again_without_a_word(house: House) -> None:
    house.mosaic.troubles.before("share", PassingError("unavailable"))
    house.post.troubles.before("request_conversation", NothingHappenedError("451"))
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    now = await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    assert now.attention == ()
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]
    assert house.letters_sent() == ["request_conversation to contact@north.example"]


async def test_an_answer_that_was_lost_is_found_and_nothing_is_done_twice(house: House) -> None:
    house.mosaic.troubles.after("share", PassingError("no answer"))
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert len(house.mosaic.shares) == 1
    assert Ended.FOUND_DONE in {done.ended for done in house.book.results.values()}


async def test_what_waits_for_a_person_does_not_hold_up_the_conversation(house: House) -> None:
    house.post.troubles.before("request_conversation", LastingError("refused_address", "550"))
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    now = await transfer.attention()
    assert now.waiting_for == ("early_help_contact", "operations")
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(letters(), acknowledgement(), seen())
    assert await transfer.outcome() == Outcome.TRANSFERRED, "who was talked to need not be asked any more"
    assert (await transfer.status()).waiting_for == ("nobody",)


@pytest.mark.clause("SD-11")
async def test_what_is_no_longer_wanted_need_not_be_put_right_by_anybody(house: House) -> None:
    house.mosaic.troubles.before("share", LastingError("unknown_team", "unknown"))
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.attention()
    turned_away = conversation().model_copy(
        update={"appropriate": False, "reason": "another service fits", "children": ()}
    )
    await transfer.record(turned_away, decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    assert await transfer.outcome() == Outcome.NOT_APPROPRIATE
    now = await transfer.status()
    assert [(item.open, item.needed) for item in now.attention] == [(False, False)]
    assert any("stopped before it was done" in entry.what for entry in now.timeline)
    assert house.mosaic.shares == []


async def test_a_problem_that_nobody_foresaw_can_be_read_too(house: House) -> None:
    house.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await decided_for(house, CHILD)
    now = await transfer.attention()
    assert now.attention[0].what == "Close a child's case in Mosaic: child-a"
    assert "None" not in now.attention[0].words.happened
