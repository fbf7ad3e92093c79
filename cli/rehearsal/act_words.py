"""The events of a case file, as the demo tells them."""

from collections.abc import Callable
from typing import Any

from cli.rehearsal.acts import Act, CompleteClosingStep, FailMail, FailMosaic, FailRoom, Fault, Restrict, Signal

OPERATION_WORDS = {"complete_step": "completes a step", "share_document": "shares a document", "read": "is asked"}
DOES = {"drop": "break the connection", "hang": "fall silent"}


def _in_mosaic(act: FailMosaic) -> str:
    does = DOES.get(act.action, f"refuse, and say {str(act.error).replace('_', ' ')},")
    place = "when" if act.when == "before" else "after"
    about = act.child or act.document
    named = f" ({about})" if about else ""
    return f"Mosaic will {does} {place} it {OPERATION_WORDS[act.operation]}{named}{_times(act)}"


def _in_mail(act: FailMail) -> str:
    to = f" to {act.to}" if act.to else ""
    what = {"sender": "our address as the sender", "recipient": f"a letter{to}", "message": f"the text of a letter{to}"}
    if act.action == "error":
        does = "put off" if str(act.code).startswith("4") else "refuse"
        return f"the mail server will {does} {what[act.stage]}{_times(act)}"
    return f"the mail server will {DOES[act.action]} {act.when} it takes {what[act.stage]}{_times(act)}"


def _in_room(act: FailRoom) -> str:
    return f"the rooms in which alerts are told will not answer{_times(act)}"


def _times(act: Fault) -> str:
    return "" if act.times == 1 else f", {act.times} times"


def _restricted(act: Restrict) -> str:
    to = ", ".join(act.teams) or "no team"
    return f"the record of {act.child} is restricted in Mosaic, and open to {to}"


def _completed(act: CompleteClosingStep) -> str:
    actions = " and ".join(action.type for action in act.next_actions)
    return f"somebody completes the closing step of {act.child} in Mosaic, with {actions}"


def _sent(act: Signal) -> str:
    encrypted = ", without encryption" if act.do == "signal_in_clear" else ""
    return f"another system sends {act.content.get('step', 'something that is no step')}{encrypted}"


WORDS: dict[str, Callable[[Any], str]] = {
    "lock": lambda act: f"somebody opens the record of {act.child} in Mosaic and keeps it locked",
    "unlock": lambda act: f"the record of {act.child} is saved and closed in Mosaic",
    "empty_part": lambda act: f"a part of the record of {act.child} that must be filled in is empty in Mosaic",
    "fill_part": lambda act: f"the record of {act.child} is completed in Mosaic",
    "restrict": _restricted,
    "unrestrict": lambda act: f"the record of {act.child} is open to every team in Mosaic",
    "change_record": lambda act: f"somebody writes in the record of {act.child} in Mosaic",
    "open_early_help": lambda act: f"somebody starts an Early Help workflow for {act.child} in Mosaic",
    "close_early_help": lambda act: f"the Early Help workflow of {act.child} in Mosaic is cancelled",
    "open_closing_step": lambda act: f"the closing step of {act.child} is started again in Mosaic",
    "cancel_closing_step": lambda act: f"the closing step of {act.child} is cancelled in Mosaic",
    "complete_closing_step": _completed,
    "remove_team": lambda act: f"Mosaic does not know the team {act.team} any more",
    "add_team": lambda act: f"Mosaic knows the team {act.team}",
    "take_document_away": lambda act: f"version {act.version} of {act.document} is taken out of Mosaic",
    "put_document": lambda act: f"version {act.version} of {act.document} is put into Mosaic",
    "fail_mosaic": _in_mosaic,
    "fail_mail": _in_mail,
    "fail_room": _in_room,
    "mend": lambda _: "Mosaic, the mail server and the rooms work again",
    "put_person": lambda act: f"{act.ref} is put into the directory of people",
    "reconcile": lambda _: "the register, Mosaic and Temporal are compared",
    "put_service": lambda act: f"{act.service.name} is put into the directory of services",
    "signal": _sent,
    "signal_in_clear": _sent,
}
"""Each act as the demo tells it."""


def act_words(act: Act) -> str:
    """What happens, in a plain line."""
    return WORDS[act.do](act)
