"""The dashboards: complete, understandable, linked to what is there, and in agreement with the rules."""

import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.views import WAITED_FOR, link, views_of
from models.clock_words import CLOCK_WORDS
from models.help_request.stage import Stage as StageOfRequest
from models.journey.answers import CLOSED
from models.kinds import ClockKind
from models.step_down.stage import Stage
from models.step_up.stage import Stage as StageOfReferral
from models.vocabulary import Role
from tests.architecture.test_documents import places
from tests.observability.dashboards import DASHBOARDS, HOUSE, OF_PANELS, metrics_of, panels
from tests.observability.test_rules_and_metrics import served
from tests.pace import A_MOMENT, patient

DOCS = Path(__file__).parents[2] / "docs"
BOARDS = pytest.mark.parametrize("board", DASHBOARDS.values(), ids=DASHBOARDS)


def links(board: dict[str, Any]) -> Iterator[str]:
    yield from (one["url"] for one in board["links"])
    for panel in panels(board):
        yield from (one["url"] for one in panel.get("links", ()))


@BOARDS
def test_each_panel_says_in_a_sentence_what_it_shows_and_no_two_have_one_title(board: dict[str, Any]) -> None:
    for panel in panels(board):
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
    titles = [panel["title"] for panel in panels(board)]
    assert len(titles) == len(set(titles))


@BOARDS
def test_no_panel_lies_on_another_and_each_has_a_number_of_its_own(board: dict[str, Any]) -> None:
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in board["panels"])
        for x, y in itertools.product(
            range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        )
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


@BOARDS
def test_links_lead_to_views_that_transfers_views_prints_and_to_places_that_are_there(board: dict[str, Any]) -> None:
    views = {link("${ui}", "${namespace}", view) for view in views_of(datetime.now(UTC), (), ())}
    views = {one.replace("%24%7Bnamespace%7D", "${namespace}") for one in views}
    others = {f"/d/{other['uid']}" for other in DASHBOARDS.values()}
    for url in links(board):
        if url.startswith("${docs}/"):
            page, _, place = url.removeprefix("${docs}/").partition("#")
            assert not place or place in places(DOCS / page), url
        else:
            assert url in views | others, url


@BOARDS
def test_every_panel_asks_the_one_prometheus_that_is_provisioned(board: dict[str, Any]) -> None:
    provisioned = yaml.safe_load((HOUSE / "grafana/provisioning/datasources/prometheus.yaml").read_text())
    [source] = provisioned["datasources"]
    asked = {(panel["datasource"]["type"], panel["datasource"]["uid"]) for panel in panels(board)}
    assert asked == {(source["type"], source["uid"])}


STAGES = [stage for stage in (*Stage, *StageOfRequest, *StageOfReferral) if stage.value != CLOSED]
WORDS = {
    **{stage.value: stage.words for stage in STAGES},
    **{role.value: role.words for role in (*WAITED_FOR, Role.OPERATIONS)},
    "nobody": "nobody: the machine is at work",
}


def said_as(found: Any) -> Iterator[tuple[str, str]]:
    """What a panel shows in other words: the name of a column or series, or what stands in a cell."""
    for override in found["fieldConfig"]["overrides"]:
        of = {one["id"]: one["value"] for one in override["properties"]}
        if "displayName" in of:
            yield override["matcher"]["options"], of["displayName"]
        for mapping in of.get("mappings", ()):
            yield from ((word, shown["text"]) for word, shown in mapping["options"].items())


def test_stages_roles_and_waits_are_shown_in_the_words_that_people_read_elsewhere() -> None:
    shown = dict(pair for panel in panels(DASHBOARDS["day"]) for pair in said_as(panel))
    kinds = {kind.value: CLOCK_WORDS[kind].name for kind in ClockKind}
    of_stages, of_waits = ("By stage", "Open transfers, over time"), ("Everything that is waited for",)
    by_title = {panel["title"]: dict(said_as(panel)) for panel in panels(DASHBOARDS["day"])}
    for title in of_waits:
        assert by_title[title] == kinds
    for title in of_stages:
        assert by_title[title].items() <= WORDS.items()
        assert by_title[title].keys() == {stage.value for stage in STAGES}
    assert by_title["Whom they wait for"].items() <= WORDS.items()
    assert by_title["Whom they wait for"].keys() | by_title["By stage"].keys() == WORDS.keys()
    assert WORDS.keys() | kinds.keys() <= shown.keys()


def test_panels_ask_for_nothing_that_our_page_does_not_serve() -> None:
    asked = {name for panel in OF_PANELS for name in metrics_of(panel.expr) if name.startswith("transfers_")}
    assert asked <= served().keys()


COUNTED_BY_ALL = re.compile(r"transfers_(?!register_|worker_|gateway_)\w+")


@pytest.mark.parametrize("asked", OF_PANELS, ids=lambda asked: asked.where)
def test_what_every_worker_counts_is_never_added_up_over_workers(asked: Any) -> None:
    for found in COUNTED_BY_ALL.finditer(asked.expr):
        before = asked.expr[: found.start()]
        of_workers = re.search(r"(max|min)(?: by \([^)]*\))? \((?:sum without \(kind, what\) \()?[^()]*\(?$", before)
        one_place = re.search(r"(max|min)\w*(?: by \([^)]*\))? ?\((?:[^()]|\([^()]*\)|\()*$", before)
        assert of_workers or one_place, f"{found.group()} in {asked.expr}"


@pytest.mark.long
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here; .ci/run installs it")
def test_every_expression_is_promql(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": asked.over("1h")} for number, asked in enumerate(OF_PANELS)]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    checked = subprocess.run(
        ["promtool", "check", "rules", file], capture_output=True, text=True, timeout=patient(A_MOMENT), check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
