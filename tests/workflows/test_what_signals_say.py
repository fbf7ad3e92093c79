"""What can be read of a message: of a report of significant harm, no word that can be shown is lost."""

import json
from cProfile import Profile
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from adapters.encryption import ClassedPayloadConverter
from models.help_request.steps.every import STEPS as OF_REQUESTS
from models.journey.steps import ReportsHarm
from models.step_down.steps.every import STEPS
from models.vocabulary import CUT_OFF, can_be_shown
from tests.builders import CHILD, declined_for_harm, harm_report
from tests.help_requests import redirected
from workflows.journey.step_signal import Known, UnreadableMessageError, read_step

HARM = "report_significant_harm"
REPORT = harm_report(concern="She was hit.").model_dump(mode="json")


def read(data: bytes, signal: str = "step") -> ReportsHarm | Known:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=data)
    try:
        step = read_step(STEPS, signal, [RawValue(payload)], ClassedPayloadConverter())
    except UnreadableMessageError as error:
        return error.known
    assert isinstance(step, ReportsHarm)
    return step


def said(**changes: Any) -> bytes:
    return json.dumps({**REPORT, **changes}).encode()


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize(
    ("concern", "kept"),
    [
        ("She was hit.\r\nShe is afraid.\rOf him.", "She was hit.\nShe is afraid.\nOf him."),
        ("She was \x00hit \x1b[2J\u202e.", "She was \ufffdhit \ufffd[2J\ufffd."),
        ("She was hit \ud83d.", "She was hit \ufffd."),
        ("x" * 9000, "x" * (8000 - len(CUT_OFF)) + CUT_OFF),
    ],
    ids=["lines of Windows", "what a screen would obey", "half a character", "too long"],
)
def test_a_report_of_harm_is_taken_with_whatever_of_it_can_be_shown(concern: str, kept: str) -> None:
    assert getattr(read(said(concern=concern)), "concern", None) == kept


def test_a_report_of_harm_in_letters_of_another_code_is_taken() -> None:
    assert getattr(read(said(concern="xx").replace(b"xx", b"At caf\xe9.")), "concern", None) == "At caf\ufffd."


@pytest.mark.clause("SD-36")
def test_a_child_who_is_declined_for_a_new_risk_is_taken_with_whatever_can_be_shown() -> None:
    answer = declined_for_harm(CHILD).model_dump(mode="json")
    answer["children"][0]["because"] = "Hit\x00 " + "x" * 9000
    taken = read(json.dumps(answer).encode())
    assert isinstance(taken, ReportsHarm)
    assert (taken.own_words or "").startswith(f"{CHILD}: Hit\ufffd xxx")
    assert (taken.own_words or "").endswith(CUT_OFF)


@pytest.mark.clause("ER-07")
def test_of_a_redirection_to_duty_and_advice_that_cannot_be_read_the_harm_is_kept() -> None:
    content = {**redirected(because="He hits her.").model_dump(mode="json"), "spoken_to": "somebody"}
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(content).encode())
    with pytest.raises(UnreadableMessageError) as error:
        read_step(OF_REQUESTS, "step", [RawValue(payload)], ClassedPayloadConverter())
    assert "He hits her." in (error.value.known.said or "")


LOST = {
    "no text": (said(concern=["She was hit.", 2]), '["She was hit.", 2]'),
    "a name of no field": (said(concern=None, worry="She was hit."), '"worry": "She was hit."'),
    "no JSON": (said()[:-1], "She was hit."),
    "a list": (json.dumps([REPORT]).encode(), "She was hit."),
    "a text": (json.dumps(json.dumps(REPORT)).encode(), "She was hit."),
    "another name of the step": (said(step="Report-Significant-Harm"), "She was hit."),
}


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize(("data", "kept"), LOST.values(), ids=LOST)
def test_of_what_is_no_report_of_harm_and_was_to_be_one_the_words_are_kept(data: bytes, kept: str) -> None:
    known = read(data)
    assert isinstance(known, Known)
    assert known.step == HARM
    assert kept in (known.said or "")


@pytest.mark.clause("SU-01")
def test_a_report_of_harm_under_another_name_of_the_signal_is_told_as_one_with_its_words() -> None:
    known = read(said(), signal=HARM)
    assert isinstance(known, Known)
    assert (known.step, known.said, known.sender) == (HARM, "She was hit.", harm_report().actor.words)


def test_what_is_no_report_of_harm_keeps_no_words() -> None:
    known = read(b'{"step": "record_exploration", "needs": "Nothing of report_significant_harm."}')
    assert isinstance(known, Known)
    assert (known.step, known.said) == ("record_exploration", None)
    assert read(b"{") == Known()


@pytest.mark.clause("SU-01")
def test_a_report_of_harm_as_long_as_a_message_can_be_is_cut_before_it_is_looked_at() -> None:
    watched = Profile()
    report = watched.runcall(read, said(concern="x" * 1_900_000))
    assert str(getattr(report, "concern", None)).endswith(CUT_OFF)
    looked_at = sum(entry.callcount for entry in watched.getstats() if entry.code is can_be_shown.__code__)
    assert 0 < looked_at < 50_000, "a workflow task has two seconds"


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("depth", [*range(0, 900, 90), *range(900, 1020)])
def test_however_deep_a_report_of_harm_is_it_is_told_as_one(depth: int) -> None:
    known = read(b'{"step": "report_significant_harm", "words": ' + b"[" * depth + b"1" + b"]" * depth + b"}")
    assert isinstance(known, Known)
    assert known.step == HARM
