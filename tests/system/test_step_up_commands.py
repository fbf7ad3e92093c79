"""A referral by commands: whom to ring is said at the start, above each step, and in each answer."""

from pathlib import Path

import pytest

from tests.pace import until
from tests.system.conftest import Rehearsal, Typed
from tests.system.test_request_commands import HUB, file

REFERRAL = """
journey: step-up
children: [{ref: nobody-in-mosaic}]
family_ref: family-of-referral
service_ref: east-hub
received_at: 2026-11-02T10:00
referrer: {who: Ms Brook, kind: early_help, reached: At the hub}
concern: The house grows colder.
significant_harm: HARM
"""
RING = "Duty and Advice: 0113 496 0101; out of hours, the emergency duty team: 0113 496 0102; in an emergency: 999."


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize(("harm", "now"), [("true", True), ("perhaps", True), ("false", False)])
@pytest.mark.parametrize("wrong", ["", "becuse: None."])
def test_whoever_starts_a_referral_reads_whom_to_ring_whatever_is_wrong_with_it(
    typed: Typed, tmp_path: Path, harm: str, now: bool, wrong: str
):
    started = typed("start", file(tmp_path, "referral", f"{REFERRAL.replace('HARM', harm)}{wrong}\n"))
    assert started.returncode == (2 if wrong or harm == "perhaps" else 0), started.stderr
    first = started.stderr.splitlines()[0]
    assert RING in first
    assert first.startswith("Ring now, all the same.") is now


@pytest.mark.clause("SU-01")
def test_whom_to_ring_stands_above_the_printed_contact_and_in_every_answer(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path
):
    referral = typed("start", file(tmp_path, "referral", REFERRAL.replace("HARM", "false"))).stdout.strip()
    until(lambda: rehearsal.register.status(referral) is not None)
    printed = typed("step", referral, "--new", "record_contact").stdout
    assert printed.startswith(f"# Ring first. {RING} Recording it here is not the call.\n")
    assert "from this referral, Mosaic and the directories" in printed
    advised = "step: record_advice_taken\nadviser: line_manager\nadvised_by: Mr Stone\nadvice: Ring them."
    taken = typed("step", referral, file(tmp_path, "step", f"{advised}\n{HUB}\n"))
    assert taken.returncode == 0, taken.stderr
    assert RING in " ".join(taken.stdout.split())
    shown = " ".join(typed("show", referral).stdout.split())
    assert "999" in shown.partition("Contact: somebody")[0]
    assert "Children's Social Work: East Early Help Hub" not in shown
