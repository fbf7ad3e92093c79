"""Every panel and every rule, answered by a real Prometheus that asks real workers while families are played."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import yaml

from cli.wiring import temporal
from tests.observability.dashboards import HOUSE, OF_A_BUCKET, OF_PANELS, OF_RULES, Asked, labels_of
from tests.pace import A_MOMENT, patient, until
from tests.ports import free_ports
from tests.system.conftest import EXAMPLES, REAL, Rehearsal, start_rehearsal
from tests.system.family import Family
from worker.schedules import MORNING_DIGEST, RECONCILE

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="Prometheus is not here; .ci/run installs it"),
]

PLAYED = (
    *(EXAMPLES / "situations" / f"{name}.yaml" for name in ("breached", "stuck", "harm")),
    EXAMPLES / "14-overdue-and-escalated.yaml",
    EXAMPLES / "27-mosaic-does-not-answer.yaml",
)
NOT_HERE = {"transfers_certificate_until_timestamp_seconds", "ALERTS"}
"""What only a worker with a certificate of its own serves; and what has the labels of whichever alert is raised."""


@dataclass
class Watched:
    """Two workers that Prometheus watches."""

    rehearsal: Rehearsal
    prometheus: str

    def answer(self, expr: str) -> list[Any]:
        said = httpx.post(f"{self.prometheus}/api/v1/query", data={"query": expr}).json()
        assert said["status"] == "success", said
        return list(said["data"]["result"])

    def number(self, expr: str) -> float:
        [one] = self.answer(expr)
        return float(one["value"][1])

    def labels(self, metric: str) -> set[str]:
        """Of a metric, also of one whose worker has ended."""
        said = httpx.get(f"{self.prometheus}/api/v1/series", params={"match[]": metric}).json()
        return {label for series in said["data"] for label in series}


@contextmanager
def running(command: tuple[str, ...], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(patient(A_MOMENT))


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    with ExitStack() as house:
        rehearsal = start_rehearsal(folder / "rehearsal")
        house.callback(rehearsal.stack.stop)
        port, worker, sdk, broken = free_ports(4)
        second = {**rehearsal.environment, "TRANSFERS_WORKER_PORT": str(worker), "TRANSFERS_METRICS_PORT": str(sdk)}
        house.enter_context(running(REAL, folder / "second.log", second))
        failing = (sys.executable, "-m", "tests.observability.broken_worker", str(broken))
        house.enter_context(running(failing, folder / "broken.log", rehearsal.environment))
        pages = {
            "transfers": [rehearsal.local.worker_port, worker],
            "transfers-sdk": [rehearsal.local.metrics_port, sdk, broken],
            "transfers-gateway": [rehearsal.local.gateway_port],
        }
        prometheus = ("prometheus", f"--config.file={configured(folder, pages)}", f"--storage.tsdb.path={folder}/data")
        listens = f"--web.listen-address=127.0.0.1:{port}"
        house.enter_context(running((*prometheus, listens), folder / "prometheus.log", dict(os.environ)))
        until(
            lambda: answers(f"http://127.0.0.1:{port}/-/ready") and answers(f"http://127.0.0.1:{worker}/health/ready")
        )
        found = Watched(rehearsal, f"http://127.0.0.1:{port}")
        played(found)
        yield found


def configured(folder: Path, pages: dict[str, list[int]]) -> Path:
    """Our own configuration, but for where the workers are and how often they are asked."""
    own = yaml.safe_load((HOUSE / "prometheus.yaml").read_text())
    for job in own["scrape_configs"]:
        del job["dns_sd_configs"]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{port}" for port in pages[job["job_name"]]]}]
    own["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    own["rule_files"], own["alerting"] = [str(HOUSE / "alerts.yaml")], {}
    file = folder / "prometheus.yaml"
    file.write_text(yaml.safe_dump(own))
    return file


def played(watched: Watched) -> None:
    """What brings about all that the panels show: families, both schedules, an outage of Temporal, a killed worker."""
    rehearsal = watched.rehearsal
    # Two more scrapes: of what begins before, no panel sees an increase.
    until(lambda: watched.answer('count_over_time(up{job="transfers"}[1m]) > 2'))
    # And a full minute: the panels of a day look at one value of each.
    until(lambda: watched.answer('min_over_time(max(transfers_alerts_total{what="breach"})[1h:1m])'), 90)
    # An alert of the report of harm is refused once, and leaves at the second attempt.
    on_duty = "duty.and.advice@council.example"
    rehearsal.mail_fault(when="before", action="error", code="451 later", times=1, target=on_duty)
    for case in PLAYED:
        said = rehearsal.command("demo", str(case), within=180)
        assert said.returncode == 0, said.stdout + said.stderr
    with patch.dict(os.environ, rehearsal.local.environment()):
        asyncio.run(both_schedules())
        asyncio.run(remembered_by_another(rehearsal))
    # Before Temporal goes, which forgets with it who lived.
    until(lambda: watched.answer("increase(transfers_worker_deaths_total[5m]) > 0"))
    rehearsal.stack.kill("temporal")
    until(lambda: watched.answer("temporal_request_failure") and watched.answer("temporal_long_request_failure"))
    rehearsal.stack.start_again("temporal")
    until(lambda: watched.answer("temporal_workflow_task_execution_failed"))
    until(lambda: len(watched.answer("transfers_schedule_completed == 1")) >= 2, 150)
    until(lambda: refused_harm(rehearsal) and watched.answer("increase(transfers_gateway_harm_total[1m]) > 0"))


def refused_harm(rehearsal: Rehearsal) -> bool:
    """A report that the gateway does not take, as nobody is signed in."""
    at = f"http://127.0.0.1:{rehearsal.local.gateway_port}/v1/transfers/nowhere/steps/report_significant_harm"
    return httpx.post(at, json={}).status_code == httpx.codes.UNAUTHORIZED


async def both_schedules() -> None:
    client = await temporal()
    for schedule in (MORNING_DIGEST, RECONCILE):
        await client.get_schedule_handle(schedule).trigger()


async def remembered_by_another(rehearsal: Rehearsal) -> None:
    """A family whose worker is killed: another one reads its history anew, and notices the death."""
    family = await Family.begin(
        await temporal(), rehearsal.local, EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml"
    )
    await family.until(lambda now: now.stage == "consent")
    await asyncio.to_thread(rehearsal.kill_worker)
    await asyncio.to_thread(rehearsal.start_worker)
    await family.record_up_to("record_family_sharing")


@pytest.mark.parametrize("asked", OF_PANELS, ids=lambda asked: asked.where)
def test_a_panel_has_something_to_show_under_the_names_of_its_legend(watched: Watched, asked: Asked) -> None:
    shown = until(lambda: watched.answer(asked.over("1h")), 15)
    legend = {label for label in ("stage", "kind", "what") if f"{{{{{label}}}}}" in asked.legend}
    assert all(legend <= series["metric"].keys() for series in shown)


@pytest.mark.parametrize("asked", [*OF_RULES, *OF_PANELS], ids=lambda asked: asked.where)
def test_each_metric_of_an_expression_is_served_with_the_labels_that_it_asks_for(
    watched: Watched, asked: Asked
) -> None:
    found = {name: watched.labels(name) for name in labels_of(asked.expr)}
    everywhere = set().union(*found.values()) | {OF_A_BUCKET}
    for name, labels in labels_of(asked.expr).items():
        if name in NOT_HERE:
            continue
        assert found[name], f"nobody serves {name}"
        assert labels <= everywhere, f"{name}: {labels - everywhere}"


def test_what_two_workers_count_is_shown_once(watched: Watched) -> None:
    now = watched.rehearsal.register.figures()
    of = {asked.where: asked.over("1h") for asked in OF_PANELS}
    assert len(watched.answer("sum by (instance) (transfers_open)")) == 2
    assert watched.number(f"sum({of['day: By stage A']})") == sum(now.open_by_stage.values())
    assert watched.number(of["day: Items that need a person A"]) == sum(now.attention.values())
    assert watched.number(of["day: Answers overdue A"]) == 1
    assert watched.number(of["day: Reports of significant harm that wait A"]) == 1
    assert watched.number(of["workers: Workers that died, in a day A"]) >= 1
