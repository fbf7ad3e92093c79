"""Logs: one JSON object a line, and nothing that an exception or an argument says about a person."""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from adapters.alert_channels import AppriseChannels, ChannelSettings
from adapters.keyring import Keyring
from adapters.logs import set_up_logs
from models.errors import LastingError
from tests.register import register_at

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


ABOUT_ACTIVITY = {
    "temporal_activity": {
        "activity_id": "7",
        "activity_type": "calculate_due_date",
        "attempt": 3,
        "namespace": "default",
        "task_queue": "transfers",
        "workflow_id": "step-down/t-1",
        "workflow_run_id": "01a2014f-78da-7b20-8f44-c8bae1693f4d",
        "workflow_type": "StepDownTransfer",
        "input": MARKER,
    }
}
ABOUT_WORKFLOW = {
    "temporal_workflow": {
        "attempt": 1,
        "namespace": "default",
        "run_id": "01a2014f-78da-7b20-8f44-c8bae1693f4d",
        "task_queue": "transfers",
        "workflow_id": "step-down/t-1",
        "workflow_type": "StepDownTransfer",
    }
}
THE_TRANSFER = {
    "workflow_id": "step-down/t-1",
    "run_id": "01a2014f-78da-7b20-8f44-c8bae1693f4d",
    "workflow_type": "StepDownTransfer",
}


def test_an_activity_that_failed_is_told_with_its_transfer_its_name_and_its_attempt(told: Told) -> None:
    def log() -> None:
        line = logging.getLogger("temporalio.activity")
        line.warning(f"Completing activity as failed ({ABOUT_ACTIVITY})", exc_info=exception(), extra=ABOUT_ACTIVITY)

    [line] = told(log)
    assert {name: line[name] for name in THE_TRANSFER} == THE_TRANSFER
    assert (line["activity_type"], line["attempt"]) == ("calculate_due_date", 3)
    assert set(line) == {*THE_TRANSFER, "activity_type", "attempt"} | {
        *("event", "level", "logger", "errors", "process", "timestamp")
    }
    assert MARKER not in json.dumps(line)


def test_a_workflow_task_that_failed_is_told_with_its_transfer(told: Told) -> None:
    def log() -> None:
        line = logging.getLogger("temporalio.worker._workflow_instance")
        line.warning(
            "Failed activation on workflow StepDownTransfer with ID step-down/t-1 and run ID " + THE_TRANSFER["run_id"],
            exc_info=exception(),
            extra=ABOUT_WORKFLOW,
        )

    [line] = told(log)
    assert line["event"] == "Failed activation"
    assert {name: line[name] for name in THE_TRANSFER} == THE_TRANSFER


def test_a_line_of_temporal_that_names_only_the_run_keeps_it(told: Told) -> None:
    log = logging.getLogger("temporalio.worker._workflow")
    [line] = told(lambda: log.error("Failed handling activation on workflow with run ID %s", THE_TRANSFER["run_id"]))
    assert (line["event"], line["run_id"]) == ("Failed handling activation", THE_TRANSFER["run_id"])


def test_another_library_cannot_pass_for_temporal(told: Told) -> None:
    [line] = told(lambda: logging.getLogger("somelibrary").error("it failed", extra=ABOUT_ACTIVITY))
    assert set(line) == {"event", "level", "logger", "process", "timestamp"}


def test_what_the_core_of_temporal_appends_in_braces_is_left_out(told: Told) -> None:
    text = "[sdk_core::worker] Activity not found on completion. {'task_token': 'x', 'details': '" + MARKER + "'}"
    [line] = told(lambda: logging.getLogger("temporalio.core-sdk_core::worker").warning(text))
    assert line["event"] == "[sdk_core::worker] Activity not found on completion."


def test_an_error_from_a_library_names_the_line_of_ours_that_asked_for_it(told: Told) -> None:
    register = register_at("sqlite://", Keyring(current="key-9", keys={"key-9": bytes(32)}))

    def log() -> None:
        try:
            register.figures()
        except OperationalError:
            logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=True)

    [line] = told(log)
    assert re.fullmatch(
        r"OperationalError at default\.py:\d+, from adapters/register/reports\.py:\d+", line["errors"][0]
    )


def test_an_error_of_our_own_names_its_place_once(told: Told) -> None:
    with pytest.raises(LastingError) as raised:
        AppriseChannels(ChannelSettings()).send("no-such-room", MARKER, MARKER)
    [line] = told(lambda: structlog.get_logger().error("it failed", exc_info=raised.value))
    assert re.fullmatch(r"LastingError at alert_channels\.py:\d+", line["errors"][0])


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
