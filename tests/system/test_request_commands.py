"""A request for Early Help by commands alone: started, stepped, shown, listed; what only a step-down has is refused."""

import json
import os
from pathlib import Path
from unittest.mock import patch

import pytest

from cli.rehearsal.local import Process, Session
from cli.wiring import find_transfers, numbers_to_ring
from client.errors import NO_SUCH_TRANSFER
from models.register.tables import TransferRow
from tests.pace import until
from tests.system.conftest import Rehearsal, Typed

REQUEST = """
journey: help-request
children: [{ref: nobody-in-mosaic}]
lead_child: nobody-in-mosaic
family_ref: family-of-request
service_ref: east-hub
received: {channel: central_line, at: 2026-03-02T10:00}
referrer: {who: The aunt, kind: family, reached: On her own telephone}
asks_for: Somebody to talk to.
plan_open: false
"""
HUB = "actor: {id: eh-4, role: early_help_service, team: EH-EAST}"


def file(folder: Path, name: str, content: str) -> str:
    (path := folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return str(path)


@pytest.mark.clause("ER-06")
def test_a_request_goes_its_way_by_commands_alone(rehearsal: Rehearsal, typed: Typed, tmp_path: Path):
    started = typed("start", file(tmp_path, "request", REQUEST))
    assert started.returncode == 0, started.stderr
    request = started.stdout.strip()
    until(lambda: rehearsal.register.status(request) is not None)
    assert "Request. Admission" in typed("list", "--stage", "admission").stdout
    assert request not in typed("list", "--journey", "step-down").stdout
    (line,) = (
        one for one in json.loads(typed("list", "--journey", "help-request", "--json").stdout) if one["id"] == request
    )
    assert (line["journey"], line["social_work_team"]) == ("help-request", None)
    shown = typed("show", f"help-request/{request}").stdout
    assert "Early Help: East Early Help Hub" in shown
    for number, step in enumerate(
        (
            "step: read_for_harm\nfound: nothing",
            "step: cancel\nreason_code: other\nbecause: The aunt rang off.\nrisk_considered: Nothing worried her.",
            "step: record_referrer_told\nnot_told_because: The aunt rang off.",
        )
    ):
        taken = typed("step", request, file(tmp_path, f"step-{number}", f"{step}\n{HUB}\n"))
        assert taken.returncode == 0, taken.stderr
    until(lambda: (now := rehearsal.register.status(request)) is not None and now.outcome is not None)
    assert request not in typed("reconcile").stdout
    assert "Request. Cancelled" in typed("list", "--all").stdout


def test_a_step_of_a_request_that_the_register_does_not_show_is_taken(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path
):
    request = typed("start", file(tmp_path, "request", REQUEST)).stdout.strip()
    until(lambda: (now := rehearsal.register.status(request)) is not None and now.service_name is not None)
    with rehearsal.register.store.transaction() as session:
        session.get_one(TransferRow, request).status = None
    taken = typed("step", request, file(tmp_path, "step", f"step: read_for_harm\nfound: nothing\n{HUB}\n"))
    assert taken.returncode == 0, taken.stderr


@pytest.mark.clause("ER-14")
def test_whoever_starts_a_request_with_a_risk_of_harm_in_it_reads_whom_to_ring(typed: Typed, tmp_path: Path):
    harm = "harm: {children: [{ref: nobody-in-mosaic}], concern: New marks.}\n"
    started = typed("start", file(tmp_path, "harm", REQUEST + harm))
    assert "Ring now, all the same." in started.stderr
    assert "999" in started.stderr


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("plan_open: false", "plan_opn: false"),
        ("journey: help-request", "journey: holiday"),
        ("lead_child: nobody-in-mosaic", "lead_child: [nobody"),
    ],
)
def test_a_start_with_harm_in_it_that_is_refused_says_all_the_same_whom_to_ring(
    typed: Typed, tmp_path: Path, right: str, wrong: str
):
    harm = "harm: {children: [{ref: nobody-in-mosaic}], concern: New marks.}\n"
    refused = typed("start", file(tmp_path, "harm", REQUEST.replace(right, wrong) + harm))
    assert refused.returncode == 2
    assert refused.stderr.startswith("Ring now, all the same. ")


@pytest.mark.clause("ER-14")
def test_the_rehearsal_is_found_after_the_numbers_to_ring_were_said(tmp_path: Path):
    Session(Process.of(os.getpid()), (), {}).write(tmp_path)
    unset = {name: value for name, value in os.environ.items() if not name.startswith("TRANSFERS_")}
    with patch.dict(os.environ, {**unset, "TRANSFERS_LOCAL_FOLDER": str(tmp_path)}, clear=True):
        assert "999" in numbers_to_ring()
        assert find_transfers() is not None, "a case file with a risk of harm in it starts there"


@pytest.mark.clause("ER-07")
@pytest.mark.parametrize(
    "wrong",
    [
        "step: record_response\noutcome: redirected_to_duty_and_advice\nbecuse: Marks.\n",
        "step: read_for_harm\nfound: 'reported'\nbecuse: Marks.\n",
    ],
)
def test_what_says_that_a_child_is_at_risk_and_is_mistyped_says_all_the_same_whom_to_ring(
    typed: Typed, tmp_path: Path, wrong: str
):
    refused = typed("step", "t-nobody", file(tmp_path, "step", f"{wrong}{HUB}\n"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("Ring now, all the same. ")


@pytest.mark.clause("ER-14")
def test_a_request_with_harm_in_it_to_an_unknown_service_is_taken(rehearsal: Rehearsal, typed: Typed, tmp_path: Path):
    harm = "harm: {children: [{ref: another-child}], concern: New marks.}\n"
    started = typed("start", file(tmp_path, "harm", REQUEST.replace("east-hub", "no-such-hub") + harm))
    assert started.returncode == 0, started.stderr
    until(lambda: (now := rehearsal.register.status(started.stdout.strip())) is not None and now.stopped_by_harm)


def test_what_only_a_step_down_has_is_refused_in_a_sentence(typed: Typed, tmp_path: Path):
    request = typed("start", file(tmp_path, "request", REQUEST)).stdout.strip()
    said = typed("letters", request)
    assert said.returncode == 2
    assert "only a step-down has this" in said.stderr


def test_a_file_for_a_step_of_a_request_is_printed_and_a_step_that_it_has_not_is_refused(typed: Typed, tmp_path: Path):
    request = typed("start", file(tmp_path, "request", REQUEST)).stdout.strip()
    printed = typed("step", request, "--new", "record_response")
    assert printed.returncode == 0, printed.stderr
    assert 'step: "record_response"\n' in printed.stdout
    assert "taken_by:\n" in printed.stdout
    refused = typed("step", request, "--new", "record_decisions")
    assert refused.returncode == 2
    assert refused.stderr.startswith(
        "--new: There is no such step here: a step-down has it. The steps here are read_for"
    )


def test_a_file_that_names_no_journey_that_there_is_starts_nothing(typed: Typed, tmp_path: Path):
    said = typed("start", file(tmp_path, "wrong", REQUEST.replace("help-request", "holiday")))
    assert said.returncode == 2
    assert "There is no such journey; the journeys are step-down, help-request, step-up." in said.stderr


@pytest.mark.clause("ER-14")
def test_a_step_is_read_as_one_of_a_request_though_no_worker_has_taken_the_request_yet(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path
):
    rehearsal.kill_worker()
    try:
        request = typed("start", file(tmp_path, "request", REQUEST)).stdout.strip()
        read = typed("step", request, file(tmp_path, "read", f"step: read_for_harm\nfound: some\n{HUB}\n"))
        cancelled = typed("step", request, file(tmp_path, "cancel", f"step: cancel\nrisk_considered: None.\n{HUB}\n"))
    finally:
        rehearsal.start_worker()
    assert "What was found is not one of 'nothing', 'reported'." in read.stderr
    assert "`reason_code`" in cancelled.stderr
    assert "risk_considered" not in cancelled.stderr, "only a request asks for it"


def test_a_step_of_a_request_to_an_id_that_nobody_knows_is_not_called_no_step(typed: Typed, tmp_path: Path):
    refused = typed("step", "t-nobody", file(tmp_path, "read", f"step: read_for_harm\nfound: nothing\n{HUB}\n"))
    assert (refused.returncode, refused.stderr) == (2, f"{NO_SUCH_TRANSFER}\n")
