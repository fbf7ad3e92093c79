"""In production only who signs in acts, and no worker starts that could not know it (SD-23c)."""

from datetime import date
from pathlib import Path

import pytest

from adapters.policy_file import PolicySettings, read_deployment
from adapters.signing import Signer
from worker.wiring import policy_of, signed_in_keys

SIGNER = Signer.new(date(2026, 11, 30))
MISSING = "^TRANSFERS_SIGNED_IN_KEYS: is missing; it names the public key of the gateway"


@pytest.fixture
def mode(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (
        "TRANSFERS_MODE",
        "TRANSFERS_POLICY_FILE",
        "TRANSFERS_SIGNED_IN_KEYS",
        "TRANSFERS_SIGNED_IN_KEYS_FILE",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("TRANSFERS_DUTY_AND_ADVICE_PHONE", "TRANSFERS_OUT_OF_HOURS_PHONE"):
        monkeypatch.setenv(name, "0113 496 0101")
    return monkeypatch


def policy_file(mode: pytest.MonkeyPatch, tmp_path: Path, *, asks: bool) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"policy: {{acts_need_sign_in: {str(asks).lower()}}}", encoding="utf-8")
    mode.setenv("TRANSFERS_POLICY_FILE", str(file))


def acts_need_sign_in() -> bool:
    return policy_of(read_deployment(PolicySettings())).acts_need_sign_in


@pytest.mark.clause("SD-23c")
def test_in_production_who_acts_signs_in_whatever_the_policy_file_says(
    mode: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert acts_need_sign_in()
    policy_file(mode, tmp_path, asks=False)
    assert acts_need_sign_in()


@pytest.mark.parametrize("rehearsal", ["local", "trial"])
def test_in_a_rehearsal_the_policy_file_says_whether_who_acts_signs_in(
    mode: pytest.MonkeyPatch, tmp_path: Path, rehearsal: str
) -> None:
    mode.setenv("TRANSFERS_MODE", rehearsal)
    assert not acts_need_sign_in()
    assert signed_in_keys().ids == ()
    policy_file(mode, tmp_path, asks=True)
    assert acts_need_sign_in()
    with pytest.raises(ValueError, match=MISSING):
        signed_in_keys()


def test_in_production_no_worker_starts_without_a_key_of_the_gateway(mode: pytest.MonkeyPatch, tmp_path: Path) -> None:
    policy_file(mode, tmp_path, asks=False)
    with pytest.raises(ValueError, match=MISSING):
        signed_in_keys()
    mode.setenv("TRANSFERS_SIGNED_IN_KEYS", f'{{"{SIGNER.key_id}": "{SIGNER.public}"}}')
    assert signed_in_keys().ids == (SIGNER.key_id,)
