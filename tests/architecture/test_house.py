"""The house rules: who may import whom, and what must not stand in the code."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
OURS = ("activities", "adapters", "cli", "client", "gateway", "models", "worker", "workflows")
PACKAGES = (*OURS, "simulators")
LINTER = Path(sysconfig.get_path("scripts")) / "lint-imports"

OUTSIDE_LIBRARIES = {"alembic", "fastapi", "httpx", "requests", "smtplib", "sqlalchemy", "sqlmodel", "uvicorn"}


def run(*command: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((PROJECT / package).rglob("*.py"))]


def tracked() -> list[Path]:
    """Every text file of the project."""
    listed = run("git", "ls-files").stdout.splitlines()
    return [path for name in listed if (path := PROJECT / name).is_file() and b"\0" not in path.read_bytes()[:1024]]


def test_nobody_imports_whom_they_must_not() -> None:
    told = run(str(LINTER), "--no-cache")
    assert told.returncode == 0, told.stdout


def test_the_contracts_speak_of_every_package() -> None:
    said = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"benchmarks", "tests"}
    assert set(said["tool"]["importlinter"]["root_packages"]) == folders == set(PACKAGES)
    assert set(said["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == folders


FORBIDDEN = (
    ("models/probe.py", "activities.ports"),
    ("models/kinds.py", "models.journey.steps"),
    ("models/vocabulary.py", "models.operations.digest"),
    ("models/effects.py", "models.step_down.steps.consent"),
    ("models/journey/probe.py", "models.step_down.facts"),
    ("models/journey/probing.py", "models.operations.report"),
    ("models/operations/probe.py", "models.step_down.journey"),
    ("models/operations/probing.py", "httpx"),
    ("models/step_down/probe.py", "models.operations.differences"),
    ("models/step_down/probing.py", "models.register.tables"),
    ("activities/probe.py", "adapters.smtp"),
    ("activities/probing.py", "smtplib"),
    ("workflows/probe.py", "httpx"),
    ("workflows/probing.py", "adapters.settings"),
    ("workflows/prober.py", "client.transfers"),
    ("workflows/journey/probe.py", "workflows.step_down.orders"),
    ("workflows/journey/probing.py", "models.step_down.journey"),
    ("workflows/journey/probed.py", "models.help_request.journey"),
    ("models/journey/probed.py", "models.step_up.facts"),
    ("models/step_up/probe.py", "models.step_down.facts"),
    ("workflows/journey/probes.py", "models.step_up.journey"),
    ("workflows/journey/prober.py", "workflows.reconcile"),
    ("adapters/probe.py", "activities.effect"),
    ("adapters/probing.py", "workflows.ids"),
    ("cli/probe.py", "models.register.tables"),
    ("client/probe.py", "adapters.settings"),
    ("client/probing.py", "gateway.codec"),
    ("gateway/probe.py", "worker.wiring"),
    ("worker/probe.py", "simulators.serving"),
    ("simulators/probe.py", "models.errors"),
)
"""Where somebody might import what: a new module, or one of those that are there."""


def test_each_contract_would_be_broken_by_what_it_forbids(tmp_path: Path) -> None:
    """A contract that names nothing that exists is kept by everybody: try each with an import that must not be."""
    for source in sources(*PACKAGES):
        copy = tmp_path / source.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    for name, imported in FORBIDDEN:
        with (tmp_path / name).open("a", encoding="utf-8") as probe:
            probe.write(f"import {imported}\n")
    told = subprocess.run(
        [str(LINTER), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    broken = [(name.removesuffix(".py").replace("/", "."), imported) for name, imported in FORBIDDEN]
    missed = [one for one in broken if not re.search(r"\b{} -> {}\b".format(*map(re.escape, one)), told)]
    assert missed == []
    assert re.search(r"Contracts: 0 kept, \d+ broken\.", told), told


def loaded(*modules: str) -> set[str]:
    """The libraries and packages that importing these brings along."""
    told = "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    return set(json.loads(run(sys.executable, "-c", f"import json, sys, {', '.join(modules)}; {told}").stdout))


def modules(*packages: str) -> list[str]:
    return [".".join(path.relative_to(PROJECT).with_suffix("").parts) for path in sources(*packages)]


@pytest.mark.parametrize(
    "package",
    [
        "workflows",
        "activities",
        *(f"models/{part}" for part in ("help_request", "journey", "links", "operations", "step_down", "step_up")),
    ],
)
def test_workflows_load_no_library_that_talks_to_the_outside(package: str) -> None:
    found = loaded(*modules(package))
    assert package.partition("/")[0] in found
    assert found & OUTSIDE_LIBRARIES == set()
    assert found & {"adapters", "worker", "gateway", "cli", "client", "simulators"} == set()


def test_what_is_every_journeys_names_none() -> None:
    shared = sources("models/journey", "models/operations", "workflows/journey")
    assert len(shared) > 20
    named = re.compile(r"step.?(down|up)|(?<!ClockKind\.)help.?request", re.IGNORECASE)
    assert [path for path in shared if named.search(path.read_text(encoding="utf-8"))] == []


def test_models_know_nothing_of_temporal() -> None:
    found = loaded(*modules("models"))
    assert "pydantic" in found
    assert "temporalio" not in found


def test_a_package_shows_nothing_by_itself() -> None:
    for package in PACKAGES:
        for path in (PROJECT / package).rglob("__init__.py"):
            assert path.read_text(encoding="utf-8") == "", path


def test_docker_holds_no_python() -> None:
    """A package of this name would stand before the Docker SDK."""
    assert list((PROJECT / "docker").rglob("*.py")) == []


# Put together here, so that this file is none of those that it looks for.
HOSTS = "|".join(("py" + "pi", "python" + "hosted", "npm" + "js", "arti" + "factory", "conda" + r"\.anaconda"))
REGISTRY = re.compile(rf"(?:{HOSTS})\.[a-z]|(?:--|_)(?:extra-)?index-" + r"url|--find-" + "links", re.IGNORECASE)


def test_no_file_names_a_place_from_which_packages_come() -> None:
    named = [path for path in tracked() if REGISTRY.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert named == []


def test_no_file_names_a_persons_folder() -> None:
    place = re.compile(r"/(?:home|Users)/\w+/|/ro" + "ot/")
    named = [path for path in tracked() if place.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert named == []


CLOCKS_AND_DICE = re.compile(
    r"datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|monotonic|sleep)\(|uuid[14]\(|\brandom\b|\bsecrets\b"
    r"|os\.environ|getenv|default_factory"
)


def test_workflows_and_models_hold_neither_clock_nor_dice_nor_environment() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in sources("workflows", "models")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if CLOCKS_AND_DICE.search(line)
    ]
    assert found == []


def test_workflows_wait_with_temporals_own_means() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources("workflows"))
    assert not re.search(
        r"asyncio\.(?:wait|as_completed|sleep)\b|\bprint\(|sandboxed=False|UnsandboxedWorkflowRunner", text
    )


def test_every_activity_is_called_with_a_time_limit_and_a_retry_policy() -> None:
    for path in sources("workflows"):
        calls = re.findall(r"execute_activity\w*\((.*?)\n\s*\)\n", path.read_text(encoding="utf-8"), re.DOTALL)
        for call in calls:
            assert "start_to_close_timeout=" in call, path
            assert "retry_policy=" in call, path
            assert "summary=" in call, path


def test_tests_use_no_patches() -> None:
    """Fakes instead; an environment variable is the one thing that a test may set."""
    word = re.compile(r"\b(?:Magic|Async)?Mo" + r"ck\b|mo" + r"ck\.patch|monkeypatch\.set" + "attr")
    found = [path for path in sources("tests") if word.search(path.read_text(encoding="utf-8"))]
    assert found == []
