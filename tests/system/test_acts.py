"""The events of a case file: how they are read, what they do, what needed attention because of them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from cli.rehearsal.act_words import WORDS, act_words
from cli.rehearsal.acts import KINDS, FailMail, FailMosaic, Fault, plans_faults, read_acts
from cli.rehearsal.books import admit, closing_step_of, read_books
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from cli.rehearsal.differences import attention_words
from cli.rehearsal.expectation import ExpectedAttention, ExpectedMail, as_far_as_said, same_attention
from cli.rehearsal.player import CARRIED_OUT, Player
from cli.step_file import new_transfer_id, now
from cli.wiring import directory, temporal
from client.checks import refuse_several_items, with_item_meant
from client.errors import InputError
from models.attention import Attention, Resolution
from models.journey.status import Status
from models.journey.steps import ResolveAttention
from models.vocabulary import Actor, Role
from tests.builders import facts
from tests.step_down import status
from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal, Typed

THEN = datetime(2026, 4, 2, 10, tzinfo=UTC)
CASE_WITH_ACTS = EXAMPLES / "18-mosaic-says-no.yaml"
DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")
CLOSED = "Case Closed to Children's Services"


def changed(folder: Path, change: Callable[[Any], object]) -> Path:
    content = yaml.safe_load(MAIN_CASE.read_text())
    change(content)
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def meanwhile(*acts: Any) -> Callable[[Any], object]:
    return lambda case: case["steps"][2].update(meanwhile=list(acts))


def before(*acts: Any) -> Callable[[Any], object]:
    return lambda case: case.update(before=list(acts))


def stays_open(stage: str, **more: Any) -> Callable[[Any], object]:
    def change(case: Any) -> None:
        del case["expect"]["outcome"]
        case["expect"].update(stage=stage, **more)

    return change


def read(folder: Path, change: Callable[[Any], object]) -> Case:
    return read_case(changed(folder, change), "t-1", THEN)


def test_a_moment_may_be_hours_after_the_start_day_and_night(tmp_path: Path):
    case = read(tmp_path, lambda case: case["steps"][2].update(at="hour 30"))
    assert case.moments[2] == THEN + timedelta(hours=30)


def test_days_before_the_start_count_every_day(tmp_path: Path):
    case = read(tmp_path, lambda case: case["start"]["family"]["children"][0].update(born_on="60 days ago"))
    assert case.start.family is not None
    assert case.start.family.children[0].born_on == THEN.date() - timedelta(days=60)


def test_no_example_names_a_day_of_its_own_so_that_it_plays_in_any_year():
    families = (path for path in EXAMPLES.rglob("*.yaml") if path.parent.name != "settings")
    assert [path.name for path in families if DATE.search(path.read_text())] == []


LOCK = {"do": "lock", "child": "child-1"}
WRONG = {
    "no such act": (before({"do": "dance"}), "There is no such act; the acts are lock, unlock"),
    "no act": (before("lock"), "This is not an act with its fields."),
    "no list": (lambda case: case.update(before=LOCK), "This is not a list of acts."),
    "a field is missing": (meanwhile({"do": "lock"}), "The child is missing. In the file: `child`."),
    "a field too many": (meanwhile(LOCK, {**LOCK, "team": "x"}), "There is no field called team."),
    "an unknown child": (meanwhile({"do": "lock", "child": "child-7"}), "Mosaic does not know child child-7."),
    "an unknown document": (
        before({"do": "take_document_away", "document": "plan", "version": 1}),
        "Mosaic does not know document plan.",
    ),
    "a message before there is a transfer": (
        before({"do": "signal", "content": {}}),
        "Nothing can be sent to a transfer that has not started",
    ),
    "an unknown operation": (
        before({"do": "fail_mosaic", "operation": "sing", "error": "locked"}),
        "Operation is not one of 'complete_step', 'share_document', 'read'",
    ),
    "an error that is not named": (
        before({"do": "fail_mosaic", "operation": "read"}),
        "Which error it is, is said for",
    ),
    "a fault of closing a document": (
        before({"do": "fail_mosaic", "operation": "complete_step", "document": "assessment", "error": "locked"}),
        "A step is completed for a child",
    ),
    "an answer that no mail server gives": (
        before({"do": "fail_mail", "code": "no"}),
        "Code is not written as it must be",
    ),
    "a recipient before there is one": (
        before({"do": "fail_mail", "stage": "sender", "code": "550 no", "to": "a@b.example"}),
        "At the stage sender, the recipient is not known yet",
    ),
    "an unknown problem": (
        lambda case: case["expect"].update(attention=[{"problem": "mood", "ended": "retry"}]),
        "problem is none that is known",
    ),
    "an end that is none": (
        lambda case: case["expect"].update(attention=[{"problem": "locked", "ended": "well"}]),
        "ended is not one of",
    ),
    "an end, and none": (
        lambda case: case["expect"].update(stage="closure"),
        "Expect: say one of them, and not both",
    ),
    "neither an end nor where it stays open": (
        lambda case: case["expect"].pop("outcome"),
        "Expect: say one of them, and not both",
    ),
    "open where nothing is": (stays_open("closed"), "Expect: nothing stays open there; say the outcome"),
    "a stage that is none": (stays_open("limbo"), "Expect: stage is not one of consent, sharing"),
    "time that passes after the end": (
        lambda case: case["expect"].update(at="day 5 10:00"),
        "Expect: time passes in the end only where a case stays open, with stage",
    ),
    "a moment that is none": (
        stays_open("closure", at="one day"),
        "Expect: the moment is not a date and time",
    ),
    "something that waits after the end": (
        lambda case: case["expect"].update(attention=[{"problem": "locked", "ended": "waits"}]),
        "Expect: something waits only where a case stays open, with stage",
    ),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_an_act_is_one_line_with_the_field_and_the_rule(
    tmp_path: Path, change: Callable[[Any], object], words: str
):
    with pytest.raises(InputError) as error:
        read(tmp_path, change)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_acts_are_read_in_order_and_stand_beside_their_step(tmp_path: Path):
    case = read(tmp_path, meanwhile(LOCK, {**LOCK, "do": "unlock"}, {"do": "mend"}))
    assert [act.do for act in case.meanwhile[2]] == ["lock", "unlock", "mend"]
    assert [len(acts) for acts in case.meanwhile] == [0, 0, 3] + [0] * (len(case.steps) - 3)
    assert case.meanwhile[2][0].child == "t-1-child-1"


def test_what_a_case_puts_into_a_directory_is_its_own_each_time_that_it_is_played(tmp_path: Path):
    def puts(case: Any) -> None:
        service = {"ref": "new-hub", "name": "New Hub", "contact_email": "lead@new-hub.example"}
        person = {"do": "put_person", "ref": "sw-17", "email": "a@b.example"}
        office = {"do": "put_person", "ref": "operations", "email": "a@b.example"}
        before({"do": "put_service", "service": service}, person, office)(case)
        case["start"]["service_ref"] = "new-hub"

    case = read(tmp_path, puts)
    assert (case.start.service_ref, case.start.social_worker) == ("t-1-new-hub", "t-1-sw-17")
    assert [act.ref for act in case.before[1:]] == ["t-1-sw-17", "operations"]
    assert case.puts_its_service
    assert {step.actor.id for step in case.steps} == {"t-1-sw-17", "eh-4", "tm-3"}
    assert not read(tmp_path, before()).puts_its_service


def test_a_message_that_is_a_step_gets_what_every_step_has_and_another_one_stays_as_it_is():
    said = [{"do": "signal", "content": {"step": "cancel"}}, {"do": "signal", "content": {"text": "hello"}}]
    step, other = read_acts(said, "steps.4.meanwhile", THEN)
    assert step.content == {"step": "cancel", "step_id": "steps-4-meanwhile-0", "occurred_at": THEN.isoformat()}
    assert other.content == {"text": "hello"}


def test_every_act_is_told_and_carried_out():
    assert set(KINDS) == set(WORDS) == {*CARRIED_OUT, "reconcile", "signal", "signal_in_clear"}


FAULTS = {
    "Mosaic will refuse, and say locked, when it completes a step (child-1)": FailMosaic(
        do="fail_mosaic", operation="complete_step", child="child-1", error="locked"
    ),
    "Mosaic will break the connection after it shares a document, 2 times": FailMosaic(
        do="fail_mosaic", operation="share_document", when="after", action="drop", times=2
    ),
    "the mail server will refuse our address as the sender": FailMail(do="fail_mail", stage="sender", code="550 no"),
    "the mail server will put off a letter to a@b.example": FailMail(
        do="fail_mail", stage="recipient", to="a@b.example", code="450 later"
    ),
    "the mail server will fall silent after it takes the text of a letter": FailMail(
        do="fail_mail", when="after", action="hang"
    ),
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_fault_is_told_in_plain_words(words: str):
    assert act_words(FAULTS[words]) == words


def test_only_faults_that_are_planned_have_to_be_forgotten():
    assert plans_faults(read_acts([LOCK, {"do": "fail_room", "action": "drop"}], "before", THEN))
    assert not plans_faults(read_acts([LOCK, {"do": "mend"}], "before", THEN))
    assert {kind for name, kind in KINDS.items() if name.startswith("fail_")} == set(Fault.__subclasses__())


def item(problem: str, effect: str | None = None, **changes: Any) -> Attention:
    said = {"id": "A1", "effect": effect, "what": "Close a child", "problem": problem, "since": THEN, **changes}
    return Attention.model_validate(said)


def expected(problem: str, ended: str, about: str | None = None) -> ExpectedAttention:
    return ExpectedAttention.model_validate({"problem": problem, "ended": ended, "about": about})


LOCKED = item("locked", "close_child/child-1", resolution=Resolution.RETRY)
MISSING = item("mandatory_missing", "close_child/child-2", resolution=Resolution.DONE_BY_HAND)
PASSED_BY = item("not_answering", "close_child/child-1", needed=False)
COMPARED = {
    "nothing": ([], [], True),
    "something that nobody expects": ([LOCKED], [], False),
    "something expected that was not raised": ([], [expected("locked", "retry")], False),
    "as expected": ([LOCKED], [expected("locked", "retry")], True),
    "in another order": (
        [LOCKED, MISSING],
        [expected("mandatory_missing", "done_by_hand"), expected("locked", "retry")],
        True,
    ),
    "ended otherwise": ([LOCKED], [expected("locked", "skip")], False),
    "ended by itself": ([PASSED_BY], [expected("not_answering", "by_itself")], True),
    "still open": ([item("locked")], [expected("locked", "retry")], False),
    "about this child": ([LOCKED], [expected("locked", "retry", "child-1")], True),
    "about another child": ([LOCKED], [expected("locked", "retry", "child-2")], False),
    "twice": ([LOCKED, LOCKED], [expected("locked", "retry")], False),
    "of one it matters which": (
        [LOCKED, item("locked", "close_child/child-2", resolution=Resolution.RETRY)],
        [expected("locked", "retry"), expected("locked", "retry", "child-1")],
        True,
    ),
}


@pytest.mark.parametrize(("raised", "said", "same"), COMPARED.values(), ids=COMPARED)
def test_what_needed_attention_is_compared(raised: list[Attention], said: list[ExpectedAttention], same: bool):
    assert same_attention(raised, said) is same


def test_what_needed_attention_is_told_with_its_end():
    assert attention_words(LOCKED) == (
        "Close a child. The record is locked in Mosaic: somebody has it open. → tried again"
    )
    assert attention_words(PASSED_BY).endswith("→ ended by itself")
    assert attention_words(item("locked")).endswith("→ still waits for a person")


def test_attachments_are_compared_only_where_a_case_says_them():
    sent = [ExpectedMail(to="a@b.example", subject="One", attachments=("plan.txt",))]
    without = [ExpectedMail(to="a@b.example", subject="One")]
    assert as_far_as_said(sent, without) == without
    assert as_far_as_said(sent, [without[0].model_copy(update={"attachments": ()})]) == sent


def waiting(*items: Attention) -> Status:
    return status(facts()).model_copy(update={"attention": items})


def resolve(attention_id: str) -> ResolveAttention:
    actor = Actor(id="ops-1", role=Role.OPERATIONS)
    return ResolveAttention(
        step_id="s", actor=actor, occurred_at=THEN, attention_id=attention_id, resolution=Resolution.RETRY
    )


def test_an_item_may_be_named_by_its_problem():
    first, second = item("locked", id="A2"), item("locked", id="A3")
    stands = waiting(item("locked", resolution=Resolution.SKIP), first, second)
    assert with_item_meant(resolve("locked"), stands).attention_id == "A2"
    assert with_item_meant(resolve("A3"), stands).attention_id == "A3"
    assert with_item_meant(resolve("not_found"), stands).attention_id == "not_found"


def test_a_problem_that_two_items_have_names_neither_of_them():
    stands = waiting(item("locked", id="A2"), item("locked", id="A3"))
    with pytest.raises(InputError, match="A2, A3"):
        refuse_several_items(resolve("locked"), stands)
    refuse_several_items(resolve("A3"), stands)
    refuse_several_items(
        resolve("locked"), waiting(item("locked", id="A2", resolution=Resolution.SKIP), *stands.attention[1:])
    )


@pytest.fixture
async def scene(rehearsal: Rehearsal) -> tuple[Player, Case]:
    """A family in the rehearsal Mosaic, whose transfer has not started."""
    case = read_case(MAIN_CASE, new_transfer_id(), now())
    admit(rehearsal.local, case)
    return Player(rehearsal.local, await temporal(), case.mosaic.family_ref, closing_step_of(case)), case


class Acting:
    """Plays acts about the first child, and looks what follows."""

    def __init__(self, player: Player, case: Case) -> None:
        self.player, self.case = player, case
        self.child, self.document = case.mosaic.children[0].ref, case.mosaic.documents[0].ref

    async def play(self, do: str, **fields: Any) -> None:
        takes = KINDS[do].model_fields
        about = {"child": self.child} if "child" in takes and not do.startswith("fail_") else {}
        [act] = read_acts([{"do": do, **about, **fields}], "before", now())
        await self.player.play(act)

    def steps(self) -> list[Any]:
        books = self.player.mosaic("GET", f"books?family_ref={self.case.mosaic.family_ref}")
        return [step for step in books["steps"] if step["person_ref"] == self.child]

    def person(self) -> Any:
        books = self.player.mosaic("GET", f"books?family_ref={self.case.mosaic.family_ref}")
        return next(person for person in books["persons"] if person["ref"] == self.child)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.player.local.mosaic_url}/{path}")


@pytest.fixture
def acting(scene: tuple[Player, Case]) -> Acting:
    return Acting(*scene)


async def test_a_record_is_locked_and_unlocked_emptied_and_filled(acting: Acting):
    seen = []
    for do in ("lock", "unlock", "empty_part", "fill_part"):
        await acting.play(do)
        [step] = acting.steps()
        seen.append((step["locked"], step["part_missing"]))
    assert seen == [(True, False), (False, False), (False, True), (False, False)]


async def test_a_record_is_restricted_to_teams_and_open_again(acting: Acting):
    await acting.play("restrict", teams=["EH-EAST"])
    assert (acting.person()["restricted"], acting.person()["allowed_teams"]) == (True, ["EH-EAST"])
    await acting.play("unrestrict")
    assert acting.person()["restricted"] is False


async def test_an_early_help_workflow_is_started_and_cancelled(acting: Acting):
    with pytest.raises(InputError, match="has no such step in Mosaic"):
        await acting.play("close_early_help")
    await acting.play("open_early_help")
    assert acting.steps()[-1]["status"] == "Started"
    await acting.play("close_early_help")
    assert acting.steps()[-1]["status"] == "Cancelled"


async def test_acts_meet_the_newest_closing_step_and_so_do_the_books(acting: Acting, rehearsal: Rehearsal):
    await acting.play("cancel_closing_step")
    await acting.play("open_closing_step")
    assert [step["status"] for step in acting.steps()] == ["Cancelled", "Started"]
    await acting.play("complete_closing_step", next_actions=[{"type": CLOSED}], closure_reason="RC8")
    assert read_books(rehearsal.local, acting.case).children[acting.child] == (CLOSED,)
    await acting.play("open_closing_step")
    assert read_books(rehearsal.local, acting.case).children[acting.child] == ()


async def test_a_team_goes_and_comes(acting: Acting):
    await acting.play("add_team", team="EH-ACTS", name="Hub of the acts")
    assert acting.get("teams/EH-ACTS").json()["name"] == "Hub of the acts"
    await acting.play("remove_team", team="EH-ACTS")
    assert acting.get("teams/EH-ACTS").status_code == 404
    await acting.play("add_team", team="EH-ACTS", name="Hub of the acts")
    assert acting.get("teams/EH-ACTS").is_success


async def test_a_document_goes_and_comes(acting: Acting):
    version = f"documents/{acting.document}/versions/2"
    await acting.play("take_document_away", document=acting.document, version=2)
    assert acting.get(version).status_code == 404
    await acting.play("put_document", document=acting.document, version=2, text="Put back.")
    assert acting.get(version).json()["text"] == "Put back."


async def test_a_fault_strikes_what_it_is_about_until_it_is_mended(acting: Acting):
    await acting.play("fail_mosaic", operation="read", child=acting.child, error="not_found", times=2)
    other = acting.case.mosaic.children[1].ref
    assert (acting.get(f"persons/{other}").status_code, acting.get(f"persons/{acting.child}").status_code) == (200, 404)
    await acting.play("fail_mail", to="a@b.example", stage="recipient", code="550 no")
    await acting.play("fail_room", action="drop")
    await acting.play("mend")
    assert acting.get(f"persons/{acting.child}").is_success
    assert acting.player.mailbox("GET", "faults")["planned"] == 0


async def test_the_directories_learn_of_a_person_and_a_service(acting: Acting):
    await acting.play("put_person", ref="sw-acts", email="acts@council.example")
    service = {"ref": "acts-hub", "name": "Hub of the acts", "contact_email": "lead@acts-hub.example"}
    await acting.play("put_service", service=service)
    assert directory().address_of("sw-acts") == "acts@council.example"
    assert directory().service("acts-hub").mosaic_team is None


async def test_what_the_rehearsal_cannot_do_is_said_in_one_line(acting: Acting):
    with pytest.raises(InputError, match=r"the rehearsal says 404"):
        await acting.play("take_document_away", document=acting.document, version=9)


def test_a_case_with_something_before_its_start_is_for_the_demo(typed: Typed):
    started = typed("start", str(CASE_WITH_ACTS))
    assert (started.returncode, "play it with `transfers demo`" in started.stderr) == (2, True)


def locked_and_unlocked(case: Any) -> None:
    """Both children are to be closed while one record is locked; operations put it right."""
    authorised = next(place for place, step in enumerate(case["steps"]) if step["step"] == "authorise")
    case["steps"][authorised]["meanwhile"] = [LOCK, {"do": "fail_mail", "to": "nobody@home.example", "code": "550 no"}]
    fix = {"step": "resolve_attention", "attention_id": "locked", "resolution": "retry"}
    fix |= {"actor": {"id": "ops-1", "role": "operations"}, "meanwhile": [{**LOCK, "do": "unlock"}]}
    case["steps"].insert(authorised + 1, fix)
    case["expect"]["attention"] = [{"problem": "locked", "about": "child-1", "ended": "retry"}]


@pytest.mark.long
def test_the_demo_lets_something_go_wrong_and_puts_it_right(rehearsal: Rehearsal, typed: Typed, tmp_path: Path):
    result = typed("demo", str(changed(tmp_path, locked_and_unlocked)))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "meanwhile: somebody opens the record of child-1 in Mosaic and keeps it locked" in result.stdout
    assert "needs attention: Close a child's case in Mosaic: child-1. The record is locked in Mosaic" in result.stdout
    assert "somebody has it open. → tried again" in result.stdout
    left = httpx.get(f"{rehearsal.local.mailbox_url}/rehearsal/faults").json()["planned"]
    assert left == 0, "what one case plans must not strike the next"


@pytest.mark.long
def test_the_demo_says_when_something_needed_attention_that_a_case_does_not_tell(typed: Typed, tmp_path: Path):
    def untold(case: Any) -> None:
        locked_and_unlocked(case)
        del case["expect"]["attention"]

    result = typed("demo", str(changed(tmp_path, untold)))
    assert (result.returncode, "NO: attention should be" in " ".join(result.stdout.split())) == (1, True)
