"""The ``transfers`` command: its parts, and what it returns when something is wrong."""

import logging
import os
import sys

import typer

from cli.at_need import AtNeed, Row

STOPPED = 130
SENDING = (["start"], ["step"])
UNSENT = "Stopped before anything was sent. To send it, type the command again."
"""These commands say it themselves from when on something may have been sent."""

app = AtNeed(
    [
        Row("up", "cli.rehearse:up", "Start the whole rehearsal on this machine; Ctrl-C stops it."),
        Row(
            "demo",
            "cli.rehearse:demo",
            "Play case files, and compare with what Mosaic and the mailbox hold in the end; some stay open to be "
            "looked at.",
        ),
        Row(
            "start",
            "cli.commands:start",
            "Start a transfer, a request for Early Help or a referral; prints its id, and nothing else, on standard "
            "output.",
        ),
        Row(
            "step",
            "cli.commands:step",
            "Record a step of a transfer; prints its receipt. With --new, print a file for one to be filled in.",
        ),
        Row("show", "cli.showing:show", "Explain where a transfer stands, what it waits for, and what happened."),
        Row(
            "family",
            "cli.family:family",
            "Show all journeys of a family as one timeline: what happened, who recorded it, when, and in which "
            "journey.",
        ),
        Row(
            "letters",
            "cli.letters:letters",
            "Show letters: what was approved or sent, and what is to be approved; print those that a person delivers.",
        ),
        Row(
            "mail",
            "cli.mail:mail",
            "Show the mailbox of the rehearsal, a page of it, the newest message first; and the rooms of the alerts.",
        ),
        Row(
            "clock",
            "cli.clocks:clock",
            "Show every clock of a transfer: how its due date came about, and whether that comes out the same again.",
        ),
        Row(
            "due",
            "cli.due:due",
            "Calculate when an answer is due: the instant in the first line, below it how it comes about.",
        ),
        Row(
            "reconcile",
            "cli.reconciling:reconcile",
            "Compare the register, Mosaic and Temporal now; what differs becomes attention for operations.",
        ),
        Row(
            "views",
            "cli.views:views",
            "Print links into the Temporal UI: open, due today, overdue, needs attention, waiting for, service, team.",
        ),
        Row(
            "report",
            "cli.report:report",
            "Report, by journey, service and team, how requests were answered and how transfers ended.",
        ),
        Row(
            "advice",
            "cli.advice:advice",
            "Count that somebody was advised about a family whom nobody named; nothing of the family is kept.",
        ),
        Row(
            "list",
            "cli.listing:list_some",
            "List the open transfers, and those that have ended and need attention: a page of them, the newest first.",
        ),
        Row("token", "cli.tokens:token", "Print a token with which somebody of the rehearsal signs in to the gateway."),
        Row("migrate", "cli.migrating:migrate_register", "Bring the register's tables up to date."),
        Row("keys", "cli.keys:app", "The keys: how each stands, and how another one takes over."),
        Row("services", "cli.services:app", "The directory of Early Help services."),
        Row("people", "cli.people:app", "The directory of people, teams and offices."),
    ],
    help="Transfers of children and families between Children's Social Work Services and Early Help.",
    no_args_is_help=True,
)


class LogsAtNeed(logging.Handler):
    """Sets the logs up when the first line comes, for most commands write none."""

    def emit(self, record: logging.LogRecord) -> None:
        """Have this line written, and the next ones, as ``adapters.logs`` does it."""
        from adapters.logs import set_up_logs

        set_up_logs("transfers", level="ERROR")
        logging.getLogger().handle(record)


def set_up_logs() -> None:
    """Let nothing but errors be logged, and those without what their texts might quote."""
    logging.basicConfig(level="ERROR", handlers=[LogsAtNeed()], force=True)


def run() -> int:
    """Run the command; what went wrong is one line on standard error.

    Returns:
        0, or 2 for wrong input, 1 for a failure, 130 when stopped.
    """
    set_up_logs()
    try:
        code = app(standalone_mode=False) or 0
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except Exception as error:  # noqa: BLE001 (whatever it was, a person gets one line and an exit code)
        from cli.wrong import words_and_code

        words, code = words_and_code(error)
        typer.echo(words, err=True)
    if code == STOPPED:
        typer.echo(UNSENT if sys.argv[1:2] in SENDING else "Stopped.", err=True)
    return code


def main() -> None:
    """Run the command and end the process at once."""
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # The SDK's native threads now and then crash an interpreter that shuts down in the ordinary way.
    os._exit(code)
