"""Whatever is recorded of a family, each practitioner reads of their own children and of no other (SD-38)."""

from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.effects import Effect
from models.kinds import EffectKind
from models.mail import Mail
from models.services import EarlyHelpService
from models.step_down.effects import TO_THE_PRACTITIONER
from models.step_down.facts import StepDownFacts
from models.step_down.family import Family
from models.step_down.practitioners import TELLS, as_named
from models.step_down.start import Document, DocumentKind
from models.step_down.steps.consent import Shareable
from models.step_down.steps.decision import Decision
from models.vocabulary import ChildRef
from tests.activities.office import WITHOUT_MOSAIC, Office
from tests.builders import (
    CHILD,
    SIBLING,
    advice,
    born,
    child_consent,
    consent,
    conversation,
    decided,
    exploration,
    facts,
    facts_after,
    family,
    family_record,
    family_sharing,
    intent,
    not_agreed,
    opening,
    own_assessment,
    person,
    practitioner,
    request,
    service,
    withdrawal,
)
from workflows.step_down.orders import ORDERS

THIRD = "child-c"
CHILDREN = (CHILD, SIBLING, THIRD)
NAMES = dict(zip(CHILDREN, ("Ada", "Ben", "Cy"), strict=True))
OF_ALL = Document(kind=DocumentKind.ASSESSMENT, ref="of-all")
WHO = ("lp-1", "lp-2", "lp-3")


class Told(NamedTuple):
    """One family, as its transfer is recorded."""

    service: EarlyHelpService
    who: dict[str, str]
    """Who takes over each child."""
    in_mosaic: dict[str, bool]
    own: frozenset[str]
    """The children who have an assessment of their own."""
    agreed: dict[str, tuple[Shareable, ...]]
    passes: dict[str, bool]
    unsafe_to: frozenset[str]
    """To whom the man is somebody who is not safe."""
    withdrawn: frozenset[str]
    recorded_anew: bool
    """After everything was sent, somebody else turns out to be unsafe."""


def each(of: st.SearchStrategy[Any], over: tuple[str, ...] = CHILDREN) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(over, of))


PAPER, SUMMARY = Shareable.ASSESSMENT, Shareable.ADVICE_SUMMARY
SHARED = st.sampled_from([(PAPER, SUMMARY), (PAPER, SUMMARY), (PAPER,), (SUMMARY,), ()])
SOME = st.frozensets(st.sampled_from(CHILDREN))
FAMILIES = st.builds(
    Told,
    service=st.sampled_from([service(), WITHOUT_MOSAIC]),
    who=each(st.sampled_from(WHO)),
    in_mosaic=each(st.booleans(), WHO),
    own=SOME,
    agreed=each(SHARED),
    passes=each(st.booleans()),
    unsafe_to=SOME,
    withdrawn=SOME,
    recorded_anew=st.booleans(),
)


def of_family(told: Told, *, anew: bool = False) -> Family:
    """A mother; a man who is not safe; a relative of the third child alone, against whom nothing stands at first."""
    man = person("man", *(told.unsafe_to or {CHILD}), contact={"unsafe_because": "hit somebody"})
    aunt = person("aunt", THIRD, **({"contact": {"unsafe_because": "drives by"}} if anew else {}))
    children = tuple(
        born(ref).model_copy(update={"not_to_repeat": f"what {NAMES[ref]} said of a teacher"}) for ref in CHILDREN
    )
    people = (*family(*CHILDREN).people, man, aunt)
    return family(*CHILDREN, people=people, children=children)


def recorded(told: Told) -> StepDownFacts:
    """As it goes on, until whoever takes over was written to."""
    documents = (*map(own_assessment, sorted(told.own)), *(() if told.own == set(CHILDREN) else (OF_ALL,)))
    start = request(*CHILDREN, documents=documents, family=of_family(told))
    now = facts(*CHILDREN, request=start, opening=opening(service=told.service))
    said = [child_consent(ref, may_share=told.agreed[ref]) for ref in CHILDREN]
    out = tuple(ref for ref in CHILDREN if Shareable.ASSESSMENT not in told.agreed[ref])
    seen = [family_sharing(document_ref=one.ref, step_id=one.ref, without_children=out) for one in documents]
    agreed = [ref if told.passes[ref] else not_agreed(ref) for ref in CHILDREN]
    passing = [ref for ref in CHILDREN if told.passes[ref]]
    ways = {ref: Decision.TRANSFER if told.passes[ref] else Decision.STAYS_WITH_SOCIAL_WORK for ref in CHILDREN}
    path = [exploration(), consent(*said), *seen, conversation(*agreed), *naming(told, passing)]
    now = facts_after(*path, *([advice(*passing)] if passing else []), decided(ways), before=now)
    gone = [withdrawal(*sorted(told.withdrawn & {*passing}))] if told.withdrawn & {*passing} else []
    record = family_record(*CHILDREN, **dict(of_family(told, anew=True)))
    return facts_after(*([record] if told.recorded_anew else []), *gone, before=now)


def naming(told: Told, passing: list[str]) -> list[Any]:
    return [
        practitioner(
            practitioner=told.who[ref],
            email=f"{told.who[ref]}@hub.example",
            uses_mosaic=told.in_mosaic[told.who[ref]],
            children=(ChildRef(ref=ref),),
            step_id=f"for-{ref}",
        )
        for ref in passing
    ]


def sent(now: StepDownFacts, effect: Effect) -> Mail:
    """What the practitioner is sent; each document tells of all of whom it is, but of those who were taken out."""
    office = Office()
    office.mosaic.names = {ref: f"{name} Example" for ref, name in NAMES.items()}
    for shared in filter(None, map(now.shared, now.papers)):
        paper = now.paper(shared.document_ref)
        about = sorted((paper.about if paper else frozenset()) - {*shared.without_children})
        office.mosaic.documents[shared.document_ref, shared.version] = " ".join(NAMES[ref] for ref in about)
    order: Any = ORDERS.effects[effect.kind].order(now, intent(effect))
    {
        EffectKind.SEND_ADVICE_SUMMARY: office.writes.send_advice_summary,
        EffectKind.TELL_SAFETY: office.writes.tell_safety,
        EffectKind.TELL_PRACTITIONER: office.writes.tell_practitioner,
        EffectKind.RECOMMEND_FAMILIES_FIRST: office.writes.recommend_families_first,
    }[effect.kind](order)
    return office.sent


def named_in(text: str) -> set[str]:
    return {ref for ref, name in NAMES.items() if name in text}


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-30a")
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
@given(told=FAMILIES)
def test_no_mail_to_a_practitioner_names_a_child_who_is_not_theirs(told: Told) -> None:
    now = recorded(told)
    begun = [one for one in now.begun if one.kind in TO_THE_PRACTITIONER]
    passing = {ref for ref in CHILDREN if now.child(ref).passes_on}
    for effect in begun:
        theirs = {ref for ref in CHILDREN if told.passes[ref] and told.who[ref] == effect.practitioner}
        mail = sent(now, effect)
        assert mail.to == as_named(now, str(effect.practitioner)).email
        assert named_in(mail.text) <= theirs
        attached = " ".join(one.text for one in mail.attachments)
        assert not named_in(attached) & (passing - theirs), "of another one's child it is for others to tell"
        if effect.kind in TELLS and theirs & passing:
            assert "hit somebody" in mail.text, "whoever visits may meet him"
            assert ("aunt@" in mail.text) <= (THIRD in theirs), (
                "who is nobody to their children, and safe, is not named"
            )
            assert ("drives by" in mail.text) == told.recorded_anew


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-30a")
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
@given(told=FAMILIES)
def test_each_practitioner_is_told_what_keeps_people_safe_for_each_of_their_children(told: Told) -> None:
    now = recorded(told)
    for ref in CHILDREN:
        if now.child(ref).with_the_service:
            tells = [one for one in now.begun if one.kind in TELLS and one.practitioner == told.who[ref]]
            assert tells, f"nobody told who takes over {ref}"
            newest = [one for one in tells if one.kind is EffectKind.TELL_SAFETY][-1:] or tells
            said = " ".join(sent(now, one).text for one in newest)
            assert f"what {NAMES[ref]} said of a teacher" in said


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-31")
@pytest.mark.parametrize(
    ("own", "attached"),
    [(frozenset(), set()), (frozenset(CHILDREN), {SIBLING}), (frozenset({SIBLING}), {SIBLING})],
    ids=["one document of all", "each its own", "its own, and one of the others"],
)
def test_a_document_in_which_the_child_of_somebody_else_stands_is_not_attached(
    own: frozenset[str], attached: set[str]
) -> None:
    told = Told(
        service=service(),
        who={CHILD: "lp-1", SIBLING: "lp-2", THIRD: "lp-1"},
        in_mosaic={"lp-1": True, "lp-2": False, "lp-3": True},
        own=own,
        agreed=dict.fromkeys(CHILDREN, (PAPER, SUMMARY)),
        passes=dict.fromkeys(CHILDREN, True),
        unsafe_to=frozenset(),
        withdrawn=frozenset(),
        recorded_anew=False,
    )
    mail = sent(recorded(told), Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, practitioner="lp-2"))
    assert named_in(" ".join(one.text for one in mail.attachments)) == attached
    assert ("it tells about other children of the family" in " ".join(mail.text.split())) == (not attached)
