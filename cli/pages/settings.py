"""The settings: every variable that a process of ours reads, as the settings classes say it."""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from cli.project import ROOT
from workflows.journey.visibility import SEARCH_ATTRIBUTES

PROCESSES = {
    "worker": "worker",
    "gateway": "gateway",
    "gateway/codec": "codec server",
    "cli": "commands",
    "simulators": "stand-ins",
}
"""The packages of which a process is made, and what people call it."""

SECTIONS = {
    "EncryptionSettings": "Keys and mode",
    "SigningSettings": "Who acts signs in: what the gateway signs with",
    "SignedInSettings": "Who acts signs in: by what a worker knows it",
    "RegisterSettings": "Register",
    "MosaicSettings": "Mosaic",
    "PostSettings": "Mail",
    "EmergencySettings": "Whom to ring about significant harm",
    "LetterSettings": "Letters",
    "PolicySettings": "Policy",
    "ChannelSettings": "Alert channels",
    "WorkerSettings": "Worker",
    "UiSettings": "Links into the Temporal UI",
    "GatewaySettings": "Gateway",
    "LimitSettings": "Gateway: how much one caller may ask",
    "OpenGatewaySettings": "Gateway in production",
    "CodecSettings": "Codec server",
    "OpenCodecSettings": "Codec server in production",
    "OidcSettings": "Sign-in in production",
    "LocalSettings": "Rehearsal",
    "TokenKeysSettings": "Tokens of a rehearsal",
    "TokenSettings": "What makes the tokens of a rehearsal",
    "TrialSettings": "Trial",
    "Settings": "Stand-ins of the rehearsal",
}
"""The settings classes in the order of the page; the last one is what each stand-in calls its own."""
READ_IN_PRODUCTION = {"OpenCodecSettings", "OpenGatewaySettings", "OidcSettings"}
"""The classes that a rehearsal does not read."""
ASKED_FOR_IN_PRODUCTION = {
    "TRANSFERS_DUTY_AND_ADVICE_PHONE",
    "TRANSFERS_OUT_OF_HOURS_PHONE",
    "TRANSFERS_SIGNED_IN_KEYS",
    "TRANSFERS_SIGNING_KEY",
}
"""What has no default in production; the type alone does not say so."""
UNITS = {
    "timeout": "seconds",
    "seconds": "seconds",
    "per_second": "a second",
    "burst": "at once",
    "connections": "at once",
}
"""What a number counts, by the end of its name; a port has no unit."""
WORDS: dict[type, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    Path: "path",
    time: "time of day",
    SecretStr: "secret",
    dict: "JSON object",
    tuple: "JSON list",
    frozenset: "JSON list",
}


@dataclass(frozen=True)
class Setting:
    """One environment variable, as its class says it."""

    variable: str
    what: str
    kind: str
    default: str


def blocks() -> dict[str, str]:
    """The settings in their sections, and the search attributes."""
    shown: set[str] = set()
    sections = []
    for name, title in SECTIONS.items():
        kinds = [kind for kind in settings_classes() if kind.__name__ == name]
        settings = [one for kind in kinds for one in settings_of(kind) if one.variable not in shown]
        shown |= {one.variable for one in settings}
        sections.append(_section(title, sorted({who for kind in kinds for who in _read_by(kind)}), settings))
    attributes = [f"| `{name}` | {kind} |" for name, kind in SEARCH_ATTRIBUTES.items()]
    return {
        "settings": "\n".join(sections),
        "search-attributes": "\n".join(["| search attribute | type |", "|---|---|", *attributes]),
    }


def settings_classes() -> list[type[BaseSettings]]:
    """Every settings class of the product, found in its source."""
    found = []
    for path in _sources("adapters", "client", *PROCESSES):
        names = re.findall(r"^class (\w+)\((?:Base)?Settings\):", path.read_text(encoding="utf-8"), re.MULTILINE)
        if names:
            # By name: the page depends on no process, and a process on no other one.
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            found += [getattr(module, name) for name in names]
    return found


def settings_of(kind: type[BaseSettings]) -> list[Setting]:
    """The variables of one settings class."""
    prefix, said = kind.model_config.get("env_prefix", ""), _said_of_fields(kind)
    required = "required in production" if kind.__name__ in READ_IN_PRODUCTION else "**required**"
    return [
        Setting(f"{prefix}{name}".upper(), said.get(name, ""), _kind(name, field), _default(field) or required)
        for name, field in kind.model_fields.items()
    ]


def _section(title: str, readers: list[str], settings: list[Setting]) -> str:
    rows = [f"| `{one.variable}` | {one.what} | {one.kind} | {_in_production(one)} |" for one in settings]
    head = [f"## {title}", "", f"Read by: {', '.join(readers)}.", ""]
    return "\n".join([*head, "| variable | what for | type | default |", "|---|---|---|---|", *rows, ""])


def _in_production(setting: Setting) -> str:
    return "required in production" if setting.variable in ASKED_FOR_IN_PRODUCTION else setting.default


def _sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        others = [ROOT / name for name in PROCESSES if name.startswith(f"{package}/")]
        for path in sorted((ROOT / package).rglob("*.py")):
            if not any(path.is_relative_to(other) for other in others):
                yield path


def _read_by(kind: type[BaseSettings]) -> Iterator[str]:
    """The processes in whose code the class is named; a stand-in's own class is its own only."""
    for package, words in PROCESSES.items():
        stands_in = kind.__module__.startswith("simulators.")
        named = re.compile(rf"\b{kind.__name__}\(")
        texts = (path.read_text(encoding="utf-8") for path in _sources(package))
        if stands_in == (package == "simulators") and any(map(named.search, texts)):
            yield words


def _said_of_fields(kind: type[BaseSettings]) -> dict[str, str]:
    """What stands below each field in the source, on one line."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 (it is the source of a class)
    return {
        field.target.id: " ".join(below.value.value.replace("``", "`").split())
        for field, below in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


def _kind(name: str, field: FieldInfo) -> str:
    """The type in plain words, with the unit of a number."""
    unit = next((unit for end, unit in UNITS.items() if name.endswith(end)), None)
    kind = _plain(field.annotation)
    words = ", ".join(f"`{one}`" for one in kind) if issubclass(kind, StrEnum) else WORDS[kind]
    return f"{words}, {unit}" if unit else words


def _plain(annotation: Any) -> type:
    """The type without what is said about it: ``Annotated[time | None, ...]`` is a time."""
    origin, within = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _plain(within[0])
    if type(None) in within:
        return _plain(next(kind for kind in within if kind is not type(None)))
    kind: type = origin or annotation
    return kind


def _default(field: FieldInfo) -> str | None:
    """What holds where nothing is said; None where something has to be."""
    value = field.get_default()
    if field.is_required():
        return None
    if value is None or value == {}:
        return "none"
    if isinstance(value, time):
        return f"`{value:%H:%M}`"
    if value == ():
        return "`[]`"
    if isinstance(value, frozenset):
        return ", ".join(f"`{one}`" for one in sorted(value))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
