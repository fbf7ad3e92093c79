"""docs/steps.md: each file is taken by the rules where its case stands at that step, as it stands on the page."""

import re
from datetime import datetime
from functools import cache

import pytest
import yaml

from cli.pages.steps import AT, READ_AS, Sample, samples
from cli.people import read_people
from cli.project import DOCS, EXAMPLES
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from cli.services import read_services
from client.checks import with_item_meant
from client.letters import with_numbers
from client.messages import read_step
from models.effects import Effect, EffectResult, Ended
from models.journey.attention import raise_attention
from models.journey.recorded import Opening
from models.journey.recording import record_result
from models.journey.steps import Step, step_name
from models.kinds import EffectKind
from models.policy import Policy
from models.step_down.effects import receiver
from models.step_down.facts import StepDownFacts
from models.step_down.reading import LettersAsked, LetterToRead, to_print, to_read
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.every import STEPS
from tests.fakes import NOTHING_KEEPS_OPEN, of_transfer
from tests.step_down import due_now, record_step, refusal, status, update_clocks

PAGE = (DOCS / "steps.md").read_text(encoding="utf-8")
SERVICES = {service.ref: service for service in read_services(EXAMPLES / "services.csv")}
PEOPLE = read_people(EXAMPLES / "people.csv")
NAMES = [step_name(kind) for kind in STEPS]


@cache
def on_page() -> dict[str, Sample]:
    return samples()


def written(name: str) -> str:
    """The file as it stands on the page."""
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    [file] = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    return str(file)


class Family:
    """The family of a case, as its transfer stands after some of its steps; all that is outside does what it is to."""

    def __init__(self, case: Case) -> None:
        self.case, self.now = case, AT
        start = case.start
        people = of_transfer(PEOPLE, start.social_work_team, (start.social_worker, start.team_manager))
        opening = Opening(policy=Policy(), service=SERVICES[start.service_ref], people=people)
        self.facts = StepDownFacts(request=start, opened_at=AT, opening=opening)
        self.work()

    def work(self) -> None:
        """Begin and end everything that is due; a letter to an address that is refused waits for a person."""
        while due := [effect for effect in due_now(self.facts) if effect not in self.facts.begun]:
            self.facts = self.facts.having(begun=(*self.facts.begun, *due))
            for effect in due:
                self._end(effect)
            self.facts = update_clocks(self.facts, self.now)

    def _end(self, effect: Effect) -> None:
        if "@refused.example" in (receiver(self.facts, effect) or ""):
            to = receiver(self.facts, effect)
            self.facts = raise_attention(
                self.facts, self.now, "refused_address", effect.words, effect=effect, goes_to=to
            )
            return
        records = {
            child.ref: NOTHING_KEEPS_OPEN.model_copy(
                update={name: getattr(child.record, name) for name in child.record.model_fields_set}
            )
            for child in self.case.mosaic.children
        }
        result = EffectResult(
            effect=effect,
            ended=Ended.DONE,
            evidence="done",
            at=self.now,
            service=SERVICES[str(effect.service)] if effect.kind is EffectKind.LOOK_UP_SERVICE else None,
            records=records if effect.kind is EffectKind.LOOK_AT_CHILDREN else {},
            newer=self._newer(effect),
        )
        self.facts = record_result(self.facts, result)

    def _newer(self, effect: Effect) -> dict[str, int]:
        """What Mosaic holds of the document that is shared, where that is newer."""
        newest = {each.ref: max(one.version for one in each.versions) for each in self.case.mosaic.documents}
        ref, version = effect.document, effect.version
        return {ref: newest[ref]} if ref and version is not None and newest[ref] > version else {}

    def as_read(self, step: Step) -> Step:
        """With the number of each letter, and of the item that is meant, as whoever sends the step reads them."""
        step = with_item_meant(step, status(self.facts))
        read: tuple[LetterToRead, ...] = ()
        if isinstance(step, ApproveLetters):
            read = to_read(self.facts, LettersAsked(letters=step.letters)).letters
        elif isinstance(step, RecordDelivery):
            read = to_print(self.facts).letters
        return with_numbers(_unread(step), read)

    def take(self, step: Step) -> None:
        step = self.as_read(step)
        self.now = max(self.now, step.occurred_at)
        assert (refused := refusal(self.facts, step, self.now)) is None, f"{step.step_id}: {refused}"
        after = record_step(self.facts, step, self.now)
        self.facts = after.having(evidence_kept=len(after.steps))
        self.work()


def _unread(step: Step) -> Step:
    if not isinstance(step, ApproveLetters | RecordDelivery):
        return step
    open_numbers = (one.model_copy(update={"seen": None if one.seen == READ_AS else one.seen}) for one in step.letters)
    return step.model_copy(update={"letters": tuple(open_numbers)})


def before(sample: Sample) -> Family:
    """Where the case stands before this step of it."""
    family = Family(case := read_case(sample.case, "ID", AT))
    for step in case.steps[: sample.number - 1]:
        family.take(step)
    return family


def sent(name: str, at: datetime) -> Step:
    return read_step(yaml.safe_load(written(name)), "as-on-the-page", at)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_a_step_is_taken_where_its_case_stands(name: str) -> None:
    family = before(on_page()[name])
    moment = max(family.now, read_case(on_page()[name].case, "ID", AT).steps[on_page()[name].number - 1].occurred_at)
    step = family.as_read(sent(name, moment))
    assert refusal(family.facts, step, moment) is None


@pytest.mark.parametrize("name", ["approve_letters", "record_delivery"])
def test_the_number_of_a_letter_is_the_one_thing_that_is_put_in(name: str) -> None:
    family = before(on_page()[name])
    refused = refusal(family.facts, sent(name, family.now), family.now)
    assert refused is not None
    assert refused.field.startswith("letters.")
    assert written(name).count(READ_AS) == written(name).count("letter_id")


def test_who_types_for_somebody_else_says_so_in_the_file() -> None:
    assert "on_behalf_of" in written("record_delivery")
