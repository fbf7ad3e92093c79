"""Logs: one JSON object a line, and nothing that an exception or an argument says about a person."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from adapters.logs import set_up_logs

MARKER = "Mx-Marker-Quill"


Told = Callable[[Callable[[], object]], list[dict[str, Any]]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """What a process with our logs writes to standard error while this is done."""

    def lines(do: Callable[[], object]) -> list[dict[str, Any]]:
        root = logging.getLogger()
        before = (root.level, list(root.handlers))
        # Only now, because the test run puts handlers of its own there before each test.
        set_up_logs("worker")
        do()
        root.setLevel(before[0])
        root.handlers = before[1]
        structlog.reset_defaults()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return lines


def raises_with_a_cause() -> None:
    try:
        {}[f"cause about {MARKER}"]
    except KeyError as error:
        raise ValueError(f"about {MARKER}") from error


def failing(log: Callable[[], None]) -> None:
    try:
        raises_with_a_cause()
    except ValueError:
        log()


def exception() -> ValueError:
    with pytest.raises(ValueError, match="about") as raised:
        raises_with_a_cause()
    return raised.value


def test_our_own_line_has_its_fields_its_process_and_its_time(told: Told) -> None:
    [line] = told(lambda: structlog.get_logger().info("worker ready", task_queue="transfers"))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "worker ready", "level": "info", "process": "worker", "task_queue": "transfers"}


OURS: dict[str, Callable[[], None]] = {
    "exception()": lambda: failing(lambda: structlog.get_logger().exception("it failed", step="s-1")),
    "exc_info=True": lambda: failing(lambda: structlog.get_logger().error("it failed", exc_info=True)),
    "exc_info=error": lambda: structlog.get_logger().error("it failed", exc_info=exception()),
    "an error as a field": lambda: structlog.get_logger().error("it failed", error=exception()),
}


@pytest.mark.parametrize("log", OURS.values(), ids=OURS)
def test_an_exception_that_we_log_keeps_its_text_to_itself(told: Told, log: Callable[[], None]) -> None:
    [line] = told(log)
    assert line["event"] == "it failed"
    assert MARKER not in json.dumps(line)


@pytest.mark.parametrize("name", ["somelibrary", "asyncio", "temporalio.activity", "temporalio.worker._worker"])
def test_an_exception_that_a_library_logs_shows_types_and_places_and_no_text(told: Told, name: str) -> None:
    [line] = told(lambda: failing(lambda: logging.getLogger(name).error("it failed", exc_info=True)))  # noqa: LOG014
    assert MARKER not in json.dumps(line)
    assert (line["event"], line["logger"]) == ("it failed", name)
    assert [error.split(":")[0] for error in line["errors"]] == [
        "ValueError at test_logs.py",
        "KeyError at test_logs.py",
    ]


def test_arguments_of_a_librarys_line_are_left_out(told: Told) -> None:
    def log() -> None:
        logging.getLogger("somelibrary").warning("could not deliver %s to %r", MARKER, {"name": MARKER})
        logging.getLogger("temporalio.worker").warning("Failed %s", MARKER, exc_info=exception())

    lines = told(log)
    assert [line["event"] for line in lines] == ["could not deliver %s to %r", "Failed %s"]
    assert MARKER not in json.dumps(lines)


def test_what_temporal_appends_to_its_lines_is_left_out(told: Told) -> None:
    def log() -> None:
        details = {"workflow_id": "step-down/t-1", "input": MARKER}
        logging.getLogger("temporalio.activity").warning(f"Completing activity as failed ({details})")  # noqa: G004
        logging.getLogger("temporalio.workflow").error(f"Failed activation: {MARKER}")  # noqa: G004

    assert [line["event"] for line in told(log)] == ["Completing activity as failed", "Failed activation"]


def test_only_the_first_line_of_a_long_text_is_kept(told: Told) -> None:
    def log() -> None:
        logging.getLogger("somelibrary").error(f"first line\nabout {MARKER}")  # noqa: G004
        logging.getLogger("somelibrary").error("x" * 500)

    assert [len(line["event"]) for line in told(log)] == [10, 200]


async def test_a_task_that_failed_unseen_is_told_without_its_text(told: Told) -> None:
    context = {"message": "Task exception was never retrieved", "exception": exception(), "task": MARKER}
    [line] = told(lambda: asyncio.get_running_loop().call_exception_handler(context))
    assert MARKER not in json.dumps(line)
    assert line["errors"][0].startswith("ValueError at ")


@pytest.mark.parametrize("name", ["httpx", "httpcore", "uvicorn.access", "alembic"])
def test_libraries_whose_lines_name_references_are_quiet(told: Told, name: str) -> None:
    assert told(lambda: logging.getLogger(name).info("GET /persons/child-a")) == []


def test_an_exception_that_has_no_places_is_told_by_its_type(told: Told) -> None:
    [line] = told(lambda: logging.getLogger("somelibrary").error("it failed", exc_info=ValueError(MARKER)))
    assert line["errors"] == ["ValueError at ?"]
