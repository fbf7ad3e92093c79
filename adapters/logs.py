"""Logs: one JSON object a line, constant messages and references.

What an exception says may be about a person and is left out: its type and the places in the code stay.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

WORDY = ("httpx", "httpcore", "uvicorn.access", "alembic")
"""Libraries whose lines name addresses and references of persons."""


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
    event.clear()
    event.update(event=str(record.msg).split("\n", 1)[0][:200], level=method, logger=record.name)
    if record.name.startswith("temporalio"):
        # Temporal's own lines append what failed, with its text; the constant part stands before the bracket.
        event["event"] = event["event"].split(" (", 1)[0].split(": ", 1)[0]
    if record.exc_info and record.exc_info[1] is not None:
        event["errors"] = _places(record.exc_info[1])
    event["_record"], event["_from_structlog"] = record, False
    return event


def _places(error: BaseException | None) -> list[str]:
    """Each exception of the chain: its type, and where in the code it was raised."""
    chain = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename.rsplit('/', 2)[-1]}:{frames[-1].lineno}" if frames else "?"
        chain.append(f"{type(error).__name__} at {where}")
        error = error.__cause__ or error.__context__
    return chain
