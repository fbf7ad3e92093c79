"""The dashboards as Grafana reads them, and what their expressions ask for."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HOUSE = Path(__file__).parents[2] / "docker" / "observability"
DASHBOARDS = {path.stem: json.loads(path.read_text()) for path in sorted((HOUSE / "grafana/dashboards").glob("*.json"))}
RULES = [rule for group in yaml.safe_load((HOUSE / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
METRIC = r"\b(?:(?:transfers|temporal|process)_\w+|scrape_duration_seconds|up|ALERTS)\b(?!=|:)"
OF_A_BUCKET = "le"


class Asked(NamedTuple):
    """An expression, and where it stands."""

    where: str
    expr: str
    legend: str = ""

    def over(self, time: str) -> str:
        """The expression as Grafana sends it, for a time that somebody chose."""
        return self.expr.replace("$__range", time)


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


OF_PANELS = [
    Asked(f"{name}: {panel['title']} {target['refId']}", target["expr"], target["legendFormat"])
    for name, board in DASHBOARDS.items()
    for panel in panels(board)
    for target in panel["targets"]
]
OF_RULES = [Asked(rule["alert"], rule["expr"]) for rule in RULES]


def without_labels(expr: str) -> str:
    """The expression without what stands between braces, brackets of grouping, and quotes."""
    return re.sub(r"\{[^}]*\}|\b(?:by|without|on) \([^)]*\)", "", expr)


def metrics_of(expr: str) -> set[str]:
    return set(re.findall(METRIC, without_labels(expr)))


def labels_of(expr: str) -> dict[str, set[str]]:
    """Of each metric, the labels that are asked of it: in its braces, and in every grouping of the expression."""
    grouped = {
        label.strip() for found in re.findall(r"\b(?:by|without|on) \(([^)]*)\)", expr) for label in found.split(",")
    }
    asked = {name: set(grouped) for name in metrics_of(expr)}
    for name, matchers in re.findall(rf"({METRIC})\{{([^}}]*)\}}", expr):
        asked[name] |= set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', "", matchers)))
    return asked
