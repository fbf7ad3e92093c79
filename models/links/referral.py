"""The referral to Children's Social Work that a report of significant harm opens (SU-01, SD-39)."""

from collections.abc import Callable

from models.effects import Effect
from models.help_request.facts import HelpFacts
from models.help_request.steps.admission import RecordSituations
from models.journey.facts import Facts
from models.journey.linked import id_of, newest, newly_named, report_of
from models.journey.start import IN_THE_REQUEST, Linked
from models.journey.steps import ReportsHarm, ReportSignificantHarm
from models.step_up.start import Referral, Referrer, ReferrerKind
from models.vocabulary import ChildRef, Role

KINDS = {
    Role.EARLY_HELP_CONTACT: ReferrerKind.EARLY_HELP,
    Role.EARLY_HELP_SERVICE: ReferrerKind.EARLY_HELP,
    Role.FAMILY: ReferrerKind.FAMILY,
    Role.YOUNG_PERSON: ReferrerKind.YOUNG_PERSON,
}
"""Who reported it, by role; anybody else is a professional."""


def referral(
    facts: Facts,
    effect: Effect,
    of_whom: Callable[[ReportsHarm], tuple[str, ...]],
    asked: Referrer | None = None,
) -> Referral:
    """The start of the referral; ``asked`` is who stands behind a report that a request itself holds."""
    report = report_of(facts, effect.step)
    return _for_report(facts, effect, report, of_whom(report) or newly_named(facts, report), asked)


def _for_report(
    facts: Facts, effect: Effect, report: ReportsHarm, children: tuple[str, ...], asked: Referrer | None
) -> Referral:
    request = facts.request
    return Referral(
        id=id_of(request.id, effect),
        out_of=Linked(
            kind=request.kind,
            id=request.id,
            step=report.step_id if _may_be_corrected(report, children) else None,
            opened_for=effect.step,
            earlier=request.line[:-1],
        ),
        children=tuple(ChildRef(ref=child) for child in children),
        family_ref=request.family_ref,
        service_ref=facts.service_ref,
        restricted=request.restricted,
        received_at=report.occurred_at,
        referrer=asked or _who_reported(facts, report),
        concern=_in_their_words(report),
        significant_harm=True,
        spoken_to=facts.spoken_to(newest(facts, report)),
    )


def _in_their_words(report: ReportsHarm) -> str:
    """What was said of the danger, in whichever step."""
    said = (getattr(report, name, None) for name in ("concern", "because", "own_words", "words"))
    return str(next(words for words in said if words))


def _may_be_corrected(report: ReportsHarm, children: tuple[str, ...]) -> bool:
    """Whether a later word on these children is one on the whole report, in the form of its correction."""
    return isinstance(report, ReportSignificantHarm) and {*report.at_risk} == {*children}


def _who_reported(facts: Facts, report: ReportsHarm) -> Referrer:
    kind = KINDS.get(report.actor.role, ReferrerKind.PROFESSIONAL)
    return Referrer(who=report.who, kind=kind, reached=f"By the {facts.request.kind.words} {facts.request.id}")


def out_of_request(facts: HelpFacts, effect: Effect) -> Referral:
    """Out of a request for Early Help: with every child whom social work is not known to have."""
    entry = facts.entry(effect.step or "")
    if entry is None or not isinstance(entry.step, RecordSituations):
        return referral(facts, effect, facts.to_refer, _who_asked(facts, effect.step))
    children = facts.to_refer_after_all(entry.step)
    report = facts.before(entry.step).left_out(children[0])
    if report is None:
        raise AssertionError("it is opened for children whom a report had left out")
    return _for_report(facts, effect, report, children, _who_asked(facts, report.step_id))


def _who_asked(facts: HelpFacts, step_id: str | None) -> Referrer | None:
    """Who asks, where the risk stands in the request itself."""
    if not (step_id or "").startswith(IN_THE_REQUEST):
        return None
    asks = facts.request.referrer
    kind = KINDS.get(asks.kind.role, ReferrerKind.PROFESSIONAL)
    return Referrer(who=asks.who, kind=kind, organisation=asks.organisation, reached=asks.reached)
