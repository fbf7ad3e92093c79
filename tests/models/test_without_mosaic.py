"""A service that does not use Mosaic has the papers by e-mail before a child is closed (SD-20, SD-24…26, SD-31)."""

import pytest

from models.effects import Effect, Ended
from models.kinds import EffectKind
from models.step_down.effects import closures, in_pack, packs
from models.step_down.facts import StepDownFacts
from models.step_down.practitioners import families_first_recommended, reads_mosaic
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.sharing import RecordFamilySharing
from tests.builders import (
    ASSESSMENT,
    CHILD,
    SIBLING,
    advice,
    begin,
    close_child,
    decided,
    decision,
    due,
    end,
    facts,
    facts_after,
    facts_before,
    families_first,
    family_sharing,
    going_on_without,
    interim_contact,
    opening,
    other_service,
    practitioner,
    record,
    the_share,
    whole_path,
    withdrawal,
    without_mosaic,
)
from tests.step_down import everything_wanted, next_steps, outcome, stage


def by_mail(*children: str) -> StepDownFacts:
    return facts(*children, opening=opening(service=without_mosaic()))


def until_decided(*children: str) -> StepDownFacts:
    path = whole_path(*children)
    return facts_after(*path[:6], before=by_mail(*children))


def pack(step_id: str = "record_decisions") -> Effect:
    return Effect(kind=EffectKind.SEND_PACK, service="service-north", step=step_id)


@pytest.mark.clause("SD-11")
@pytest.mark.clause("SD-20")
def test_the_version_that_the_family_agreed_to_goes_to_the_service_by_mail() -> None:
    now = record(facts_after(*whole_path()[:2], before=by_mail()), family_sharing(version=2))
    mailed = Effect(kind=EffectKind.MAIL_DOCUMENT, document=ASSESSMENT, version=2, service="service-north")
    assert the_share(now) == mailed


@pytest.mark.clause("SD-25")
def test_no_child_is_closed_before_the_pack_was_sent_and_then_each_is() -> None:
    now = record(until_decided(CHILD, SIBLING), decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER}))
    assert due(now) == (pack(),)
    assert closures(now) == ()
    under_way = begin(now, pack())
    assert closures(under_way) == ()
    assert closures(end(under_way, pack())) == (close_child(CHILD), close_child(SIBLING))


@pytest.mark.clause("SD-25")
def test_a_pack_that_was_handed_over_by_hand_lets_the_child_close() -> None:
    now = begin(record(until_decided(), decision()), pack())
    assert closures(end(now, pack(), ended=Ended.BY_HAND)) == (close_child(CHILD),)


@pytest.mark.clause("SD-23")
@pytest.mark.clause("SD-25")
def test_a_sibling_who_does_not_pass_waits_for_no_pack_and_is_in_none() -> None:
    ways = {CHILD: Decision.TRANSFER, SIBLING: Decision.NO_FURTHER_SUPPORT}
    now = record(until_decided(CHILD, SIBLING), decided(ways))
    assert closures(now) == (close_child(SIBLING),)
    assert in_pack(now, pack()) == (CHILD,)


@pytest.mark.clause("SD-25")
def test_children_who_are_decided_at_different_times_are_told_in_a_pack_each() -> None:
    first = record(until_decided(CHILD, SIBLING), decision())
    assert packs(first) == (pack(),)
    now = record(first, decided({SIBLING: Decision.TRANSFER}, step_id="second"))
    assert packs(now) == (pack(), pack("second"))
    assert [in_pack(now, each) for each in packs(now)] == [(CHILD,), (SIBLING,)]
    assert closures(end(begin(now, pack()), pack())) == (close_child(CHILD),)


@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-25")
def test_a_child_for_whom_consent_is_withdrawn_is_in_no_pack_any_more() -> None:
    both = record(until_decided(CHILD, SIBLING), decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER}))
    now = record(both, withdrawal(SIBLING))
    assert in_pack(now, pack()) == (CHILD,)
    none_left = record(record(until_decided(), decision()), withdrawal())
    assert pack() not in everything_wanted(none_left)


@pytest.mark.clause("SD-10a")
@pytest.mark.clause("SD-25")
def test_where_support_goes_on_without_the_document_the_service_is_still_told_before_a_child_is_closed() -> None:
    path = [going_on_without() if isinstance(step, RecordFamilySharing) else step for step in whole_path()[:6]]
    now = record(facts_after(*path, before=by_mail()), decision())
    assert packs(now) == (pack(),)
    assert not [effect for effect in now.begun if effect.kind is EffectKind.MAIL_DOCUMENT]


@pytest.mark.clause("SD-21")
@pytest.mark.clause("SD-24")
def test_a_service_on_mosaic_is_sent_no_pack_and_is_not_recommended_families_first() -> None:
    now = record(facts_before(RecordDecisions), decision())
    assert packs(now) == ()
    assert closures(now) == (close_child(CHILD),)
    assert families_first_recommended(now) == ()


@pytest.mark.clause("SD-26")
def test_the_practitioner_is_recommended_to_tell_families_first_and_the_transfer_waits_for_the_word() -> None:
    now = facts_after(*whole_path(), before=by_mail())
    [sent] = [effect for effect in now.begun if effect.kind is EffectKind.RECOMMEND_FAMILIES_FIRST]
    assert (sent.practitioner, sent.service) == ("lp-4", "service-north")
    assert [need.step for need in next_steps(now)] == ["record_families_first_notification"]
    for word in (families_first(), families_first(notified_by=None, not_done_because="no access")):
        ended = facts_after(word, before=now)
        assert (stage(ended), outcome(ended)) == (Stage.CLOSED, Outcome.TRANSFERRED)


@pytest.mark.clause("SD-26")
def test_where_no_child_passes_nobody_is_recommended_anything() -> None:
    ways = {CHILD: Decision.NO_FURTHER_SUPPORT}
    assert families_first_recommended(facts_after(decided(ways), before=until_decided())) == ()


@pytest.mark.clause("SD-31")
@pytest.mark.parametrize(
    ("before", "reads"),
    [
        (lambda: facts_before(RecordDecisions), True),
        (until_decided, False),
        (
            lambda: facts_after(practitioner(uses_mosaic=False), advice(), before=facts_after(*whole_path()[:4])),
            False,
        ),
    ],
    ids=["service on Mosaic", "service without", "practitioner without, service on Mosaic"],
)
def test_a_practitioner_reads_the_papers_in_mosaic_or_is_sent_them(before: object, reads: bool) -> None:
    now = before()  # type: ignore[operator]
    assert reads_mosaic(now, now.child(CHILD).practitioner) is reads


@pytest.mark.clause("SD-28")
def test_a_contact_in_the_meantime_lets_a_child_be_closed_and_the_practitioner_is_named_without_correcting() -> None:
    path = [interim_contact() if step.step == "name_lead_practitioner" else step for step in whole_path()]
    now = facts_after(*path)
    assert close_child(CHILD) in now.begun
    assert [need.step for need in next_steps(now)] == ["name_lead_practitioner"]
    named = facts_after(practitioner(step_id="named"), before=now)
    sent = [effect.practitioner for effect in named.begun if effect.kind is EffectKind.SEND_ADVICE_SUMMARY]
    assert sent == ["contact-5", "lp-4"]
    assert [need.step for need in next_steps(named)] == ["approve_letters"], "the family is told who it is"


@pytest.mark.clause("SD-20")
def test_where_the_transfer_goes_to_a_service_on_mosaic_after_all_no_pack_is_sent() -> None:
    now = facts_after(other_service(), before=until_decided())
    assert now.service is not None
    assert now.service.mosaic_team == "team-south"
    assert packs(now) == ()
