"""What is answered of a journey: how it stands, and for each thing that is missing the link that does it."""

from collections.abc import Iterable
from typing import Any

from fastapi.responses import JSONResponse
from pydantic_core import to_json

from models.journey.answers import NextStep, Receipt
from models.journey.status import Status
from models.vocabulary import Frozen


class Json(JSONResponse):
    """JSON of whatever holds messages; they are written as they are, and not taken apart first."""

    def render(self, content: Any) -> bytes:
        """The text."""
        return to_json(content)


class Link(Frozen):
    """Where something is done or read."""

    href: str
    method: str = "GET"


class Act(Frozen):
    """One way to do what is missing."""

    words: str
    step: str
    do: Link
    """Where the step is sent."""
    form: Link
    """The step to be filled in, with all that is known."""
    values: dict[str, Any]
    """What it says in any case."""


def acts(base: str, missing: NextStep) -> list[Act]:
    """How this can be done; nothing where the machine is at work, or people talk before the next step."""
    if missing.step is None:
        return []
    if missing.of:
        return [_act(base, missing.step, about.line(), {"of": about.step_id}) for about in missing.of]
    if missing.ways:
        return [
            _act(
                base,
                way.step,
                way.line(),
                {
                    **({"corrects": way.corrects} if way.corrects else {}),
                    **({"children": [{"ref": way.child}]} if way.child else {}),
                },
            )
            for way in missing.ways
        ]
    return [_act(base, missing.step, missing.ask, {})]


def _act(base: str, step: str, words: str, values: dict[str, Any]) -> Act:
    href = f"{base}/steps/{step}"
    return Act(
        words=words, step=step, do=Link(href=href, method="POST"), form=Link(href=href), values={"step": step, **values}
    )


def linked(base: str, missing: Iterable[NextStep]) -> list[dict[str, Any]]:
    """What is missing, each with its links."""
    return [{**_fields(one), "acts": acts(base, one)} for one in missing]


def _fields(said: Frozen, *but: str) -> dict[str, Any]:
    """What it says, field by field."""
    return {name: getattr(said, name) for name in type(said).model_fields if name not in but}


def links(base: str) -> dict[str, Link]:
    """Where a journey is read."""
    found = {"self": base, **{name: f"{base}/{name}" for name in ("timeline", "clocks", "audit")}}
    return {name: Link(href=href) for name, href in found.items()}


def journey_shown(base: str, status: Status) -> dict[str, Any]:
    """How a journey stands; what happened has an address of its own."""
    shown = _fields(status, "timeline", "next_steps", "alerts")
    return {**shown, "next_steps": linked(base, status.next_steps), "links": links(base)}


def step_taken(base: str, receipt: Receipt, register: str) -> dict[str, Any]:
    """The receipt of a step, with where the journey stands."""
    said = _fields(receipt, "next_steps", "today")
    today = receipt.today
    again = {
        "today": today
        and {
            "stage": today.stage,
            "stage_words": today.stage_words,
            "next_steps": linked(base, today.next_steps),
        }
    }
    return {
        **said,
        **again,
        "next_steps": linked(base, receipt.next_steps),
        "register": register,
        "links": links(base),
    }


def step_received(receipt: Receipt, register: str) -> dict[str, Any]:
    """The same for somebody who sees nothing of the journey: that it was taken, and whom to ring (SU-01)."""
    said = receipt.model_dump(mode="json", include={"step_id", "step", "accepted_at"})
    return {**said, "note": receipt.note if receipt.note_first else None, "register": register}
