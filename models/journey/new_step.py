"""A step to be filled in: what of it has to be said, or usually is, without what it says."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, get_args, get_origin

from pydantic import BaseModel

from models.journey.facts import Facts
from models.journey.steps import ReportSignificantHarm, ResolveAttention, Step, step_name
from models.vocabulary import Frozen, Role

HEAD = {*Step.model_fields}
Offered = Mapping[type[BaseModel], tuple[str, ...]]
"""The fields that may be left out and are usually said."""


class NewStepAsked(Frozen):
    """Which step is to be written, by name."""

    step: str


class NewStep(Frozen):
    """The step as a file says it; whatever is None is to be filled in."""

    privacy: ClassVar[str] = "restricted"
    content: dict[str, Any]


def places(facts: Facts, kind: type[Step], offered: Offered, children: Iterable[str]) -> dict[str, Any]:
    """What the step says beside its head: each of these children; the item that it resolves, where only one is open."""
    said = {name: place for name, place in empty(kind, offered).items() if name not in HEAD}
    if isinstance(said.get("children"), list):
        said["children"] = [{**said["children"][0], "ref": ref} for ref in children]
    if kind is ResolveAttention and len(facts.open_attention) == 1:
        said["attention_id"] = facts.open_attention[0].id
    return said


def written(kind: type[Step], actor: Mapping[str, Any], said: Mapping[str, Any]) -> NewStep:
    """The step of this kind, as this actor records it."""
    return NewStep(content={"step": step_name(kind), "actor": actor, **said})


def somebody(roles: Iterable[Role]) -> dict[str, Any]:
    """Whoever has one of these roles."""
    return {"id": None, "role": min(role.value for role in roles)}


def of_the_service(facts: Facts, role: Role) -> dict[str, Any]:
    """Somebody there who records the step in this role; who it is, they say themselves."""
    team = facts.service.mosaic_team if facts.service else None
    return {"id": None, "role": role.value, "team": team or facts.service_ref}


def once_more(report: ReportSignificantHarm) -> dict[str, Any]:
    """A report about which nobody has said who was spoken to, to be sent as its own correction with that (SU-01)."""
    children = [{"ref": ref} for ref in report.at_risk]
    return {"corrects": report.step_id, "children": children, "concern": report.concern}


def empty(kind: type[BaseModel], offered: Offered) -> dict[str, Any]:
    """Each field that has to be said, or usually is, without what it says."""
    usual = offered.get(kind, ())
    named = ((name, field) for name, field in kind.model_fields.items() if field.is_required() or name in usual)
    return {name: _place(field.annotation, offered) for name, field in named}


def _place(annotation: Any, offered: Offered) -> Any:
    """Where a value goes: a list of parts, a part with fields of its own, or one empty place."""
    if get_origin(annotation) is Annotated:
        return _place(get_args(annotation)[0], offered)
    several = get_origin(annotation) is tuple
    inner = [one for one in (annotation, *get_args(annotation)) if isinstance(one, type) and issubclass(one, BaseModel)]
    if not inner:
        return None
    return [empty(inner[0], offered)] if several else empty(inner[0], offered)
