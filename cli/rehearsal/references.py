"""The references of a case file: they get names of their own each time that it is played."""

from collections.abc import Iterable
from typing import Any

from models.kinds import OFFICES

REFERENCES = frozenset(
    {"ref", "child_ref", "family_ref", "document_ref", "document", "child", "about", "without_children", "names"}
    | {"withdrawn_by", "is_child", "lead_child"}
    | {"service_ref", "social_worker", "team_manager", "social_work_team", "id", "team", "teams", "covers"}
)
"""The fields of a case file that hold a reference of the family, or of whom the case puts into a directory."""


def own_references(content: dict[str, Any], families: Iterable[Any]) -> set[str]:
    """Those of these families, and of whom the file puts into the directories, as far as they can be read."""
    return set().union(*map(_references_of, families), _put_into_directories(content))


def renamed(value: Any, names: dict[str, str], field: str = "") -> Any:
    """The value with each of these references replaced, in the fields that hold references."""
    if isinstance(value, dict):
        by_child = field in {"children", "contact"}
        return {names.get(k, k) if by_child else k: renamed(entry, names, k) for k, entry in value.items()}
    if isinstance(value, list):
        return [renamed(entry, names, "" if isinstance(entry, dict) else field) for entry in value]
    return names.get(value, value) if field in REFERENCES else value


def _mappings(said: Any) -> list[dict[str, Any]]:
    """Those of a list."""
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _references_of(family: Any) -> set[str]:
    """The references of the family as far as they can be read: what is wrong with it is said elsewhere."""
    said = family if isinstance(family, dict) else {}
    things = [thing for name in ("children", "documents") for thing in _mappings(said.get(name))]
    refs = [said.get("family_ref"), *(thing.get("ref") for thing in things)]
    return {ref for ref in refs if isinstance(ref, str)}


def _put_into_directories(content: dict[str, Any]) -> set[str]:
    """The services and people that acts put into the directories: unknown before, each time that the case is played.

    The offices are everybody's; only their address changes.
    """
    cases = [content, *_mappings(content.get("journeys"))]
    steps = [step for case in cases for step in _mappings(case.get("steps"))]
    lists = [*(case.get("before") for case in cases), *(step.get("meanwhile") for step in steps)]
    acts = [act for acts in lists for act in _mappings(acts)]
    put = [act.get("service") if act.get("do") == "put_service" else act for act in acts]
    refs = (thing.get("ref") for thing in put if isinstance(thing, dict))
    return {ref for ref in refs if isinstance(ref, str)} - set(OFFICES.values())
