"""Logs: one JSON object a line, constant messages and references.

What an exception says may be about a person and is left out: its type and the places in the code stay. Temporal's own
lines keep which transfer and which activity they are about.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

WORDY = ("httpx", "httpcore", "uvicorn.access", "alembic")
"""Libraries whose lines name addresses and references of persons."""

KEPT_OF_TEMPORAL = {
    "workflow_id": "workflow_id",
    "run_id": "run_id",
    "workflow_run_id": "run_id",
    "workflow_type": "workflow_type",
    "activity_type": "activity_type",
    "attempt": "attempt",
}
"""What Temporal knows of what failed that is an id, a number or a name in our code, and under which name it is kept."""
RUN = re.compile(r"run ID ([0-9a-f-]{36})")
"""How some of Temporal's lines name the run, and nothing else."""
APPENDED = re.compile(r" \(| \{|: | on workflow ")
"""Behind this Temporal's own lines say what failed, with its text; before it stands the constant part."""

HOME = Path(__file__).parent.parent
OURS = frozenset({"models", "activities", "adapters", "workflows", "worker", "gateway", "cli"})
"""The packages of this system; where it is installed, others lie beside them."""


def set_up_logs(process: str, level: str = "INFO") -> None:
    """Send every log line of this process, libraries included, through one formatter to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_only_what_is_constant, _stamp(process)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in WORDY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[_stamp(process), _without_texts, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _stamp(process: str) -> structlog.typing.Processor:
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)

    def add(logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
        event.update(process=process, level=method)
        return stamp(logger, method, event)

    return add


def _without_texts(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an exception that our own line carries keep its types and places."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["errors"] = _places(error)
    return {name: _places(value) if isinstance(value, BaseException) else value for name, value in event.items()}


def _only_what_is_constant(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of another library's line keep the template, never its arguments; of an exception its types and places."""
    record: logging.LogRecord = event["_record"]
    whole = event["event"]
    event.clear()
    event.update(event=str(record.msg).split("\n", 1)[0][:200], level=method, logger=record.name)
    if record.name.startswith("temporalio"):
        event["event"] = APPENDED.split(event["event"], maxsplit=1)[0]
        event.update(_what_failed(record, whole))
    if record.exc_info and record.exc_info[1] is not None:
        event["errors"] = _places(record.exc_info[1])
    event["_record"], event["_from_structlog"] = record, False
    return event


def _what_failed(record: logging.LogRecord, text: str) -> dict[str, Any]:
    """Which transfer and which activity one of Temporal's own lines is about."""
    named = RUN.search(text)
    told = {"run_id": named[1]} if named else {}
    for details in (getattr(record, "temporal_workflow", {}), getattr(record, "temporal_activity", {})):
        told.update({KEPT_OF_TEMPORAL[name]: value for name, value in details.items() if name in KEPT_OF_TEMPORAL})
    return told


def _places(error: BaseException | None) -> list[str]:
    """Each exception of the chain: its type, where it was raised, and from where in our own code that was asked for."""
    chain = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        ours = [frame for frame in frames if _is_ours(frame.filename)]
        if ours and ours[-1] is not frames[-1]:
            where += f", from {Path(ours[-1].filename).relative_to(HOME)}:{ours[-1].lineno}"
        chain.append(f"{type(error).__name__} at {where}")
        error = error.__cause__ or error.__context__
    return chain


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(HOME) and path.relative_to(HOME).parts[0] in OURS
