"""Rules and figures fit each other: nothing is asked that nobody serves, and nothing is served that nobody needs."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from gateway.metrics import Counted
from models.operations.figures import Figures, Told, Waits
from tests.architecture.test_documents import places
from worker.metrics import Connections, Known, Run, metrics_text

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "docker" / "observability"
RULES = [rule for group in yaml.safe_load((HOUSE / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
IN_ALL = Figures(
    open_by_stage={"consent": 1},
    waiting={("consent", "social_worker"): 1},
    clocks={("conversation", "breached"): Waits(1, NOW, NOW)},
    alerts={("conversation", "breach"): Told(1, timedelta(), 0)},
    attention={"locked": 1},
    harm={"nobody_spoken_to": 1},
    harm_reports=1,
)
KNOWN = Known(NOW, Connections(1, 20), 0, {"reconcile": Run(on=True, started=NOW)}, certificate_until=NOW)


def served() -> dict[str, frozenset[str]]:
    """What our pages serve, a worker's and a gateway's: each name, and the names of its labels."""
    pages = (metrics_text(lambda: IN_ALL, lambda: KNOWN) + of_a_gateway()).decode()
    found = dict(named(line) for line in pages.splitlines() if line.startswith("transfers_"))
    return {name: labels for name, labels in found.items() if not name.endswith("_created")}


def of_a_gateway() -> bytes:
    counted = Counted(lambda: 0)
    counted.request({"method": "POST"}, 201, 0.1)
    return counted.text()


def named(series: str) -> tuple[str, frozenset[str]]:
    return re.split(r"[{ ]", series)[0], frozenset(re.findall(r"(\w+)=", series))


def ours(expression: str) -> set[str]:
    return set(re.findall(r"\btransfers_\w+", expression))


def test_the_rules_ask_for_nothing_that_our_page_does_not_serve() -> None:
    assert {name for rule in RULES for name in ours(rule["expr"])} <= served().keys()


def test_the_rules_are_tried_with_series_labelled_as_they_are_served() -> None:
    tests = yaml.safe_load((HOUSE / "alerts.test.yaml").read_text())["tests"]
    tried = {named(one["series"]) for test in tests for one in test["input_series"]}
    page = served()
    for name, labels in tried:
        if name.startswith("transfers_"):
            assert labels - {"job", "instance"} == page[name], name


def test_each_rule_says_what_happened_what_it_means_and_where_the_runbook_has_it() -> None:
    for rule in RULES:
        said = rule["annotations"]
        assert rule["labels"]["severity"] in {"page", "ticket", "none"}
        assert said["summary"].endswith("."), rule["alert"]
        assert said["description"].endswith("."), rule["alert"]
        page, _, anchor = said["runbook"].partition("#")
        assert anchor == "{{ $labels.problem }}" or anchor in places(ROOT / page), said["runbook"]


def test_each_rule_is_tried_as_it_fires() -> None:
    tried = (HOUSE / "alerts.test.yaml").read_text()
    firing = set(re.findall(r'ALERTS\{alertname="(\w+)", alertstate="firing", ', tried))
    assert {rule["alert"] for rule in RULES} == firing


def test_the_runbook_has_every_alert_with_whether_it_wakes_somebody() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (page|ticket|none) \|", RUNBOOK, re.MULTILINE))
    assert rows == {rule["alert"]: rule["labels"]["severity"] for rule in RULES}


def test_the_runbook_has_every_figure_of_our_pages() -> None:
    rows = re.findall(r"^\| `(transfers_\w+)", RUNBOOK, re.MULTILINE)
    figures = {re.sub(r"_(bucket|sum|count)$", "", name) for name in served()}
    assert sorted(rows) == sorted(figures)
