"""The alert rules, tried by Prometheus's own tool with the series of docker/observability/alerts.test.yaml."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pace import A_MOMENT, patient

HOUSE = Path(__file__).parents[2] / "docker" / "observability"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here; .ci/run installs it"),
]


@pytest.mark.parametrize("command", [("check", "alerts.yaml"), ("test", "alerts.test.yaml")])
def test_the_alert_rules_fire_when_they_must_and_only_then(command: tuple[str, str]):
    word, file = command
    tried = subprocess.run(
        ["promtool", word, "rules", file],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        timeout=patient(A_MOMENT),
        check=False,
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr
