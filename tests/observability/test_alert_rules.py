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


CONFIG = HOUSE / "alertmanager.yaml"


@pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not here; .ci/run installs it")
@pytest.mark.parametrize(
    ("receiver", "labels"),
    [
        ("whoever-is-on-call", ("severity=page", "alertname=NoWorker")),
        ("next-morning", ("severity=ticket", "alertname=AnswersOverdue", "kind=conversation")),
        ("outside-this-house", ("severity=none", "alertname=Watchdog")),
    ],
)
def test_an_alert_reaches_whom_its_severity_is_for(receiver: str, labels: tuple[str, ...]):
    routed = ("amtool", "config", "routes", "test", f"--config.file={CONFIG}", f"--verify.receivers={receiver}")
    for command in (("amtool", "check-config", str(CONFIG)), (*routed, *labels)):
        said = subprocess.run(command, capture_output=True, text=True, timeout=patient(A_MOMENT), check=False)
        assert said.returncode == 0, said.stdout + said.stderr
