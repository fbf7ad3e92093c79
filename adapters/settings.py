"""What settings are made of, and what is wrong with those of a process, in one line.

Each is an environment variable, or stands in a file that a variable of its name with ``_FILE`` names, as secrets do.
"""

import ipaddress
import json
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

IN_A_FILE = "_FILE"
IN_CLEAR = "would be spoken to without encryption; in production only a server on this machine may be"

Port = Annotated[int, Field(ge=0, le=65_535)]
"""Where a process listens, or is reached; 0 where it listens on any that is free."""


class Mode(StrEnum):
    """For whom everything runs; only production knows real families."""

    LOCAL = "local"
    """The rehearsal of ``up`` and ``demo``, which nothing beyond this machine reaches."""
    TRIAL = "trial"
    """The rehearsal in containers: they reach each other, and this machine reaches them."""
    PRODUCTION = "production"

    @property
    def is_rehearsal(self) -> bool:
        """Whether keys may be made up, nobody signs in, and simulators stand in for the others."""
        return self is not Mode.PRODUCTION


class _FromFiles(PydanticBaseSettingsSource):
    """Settings that stand in files."""

    def __call__(self) -> dict[str, Any]:
        """What the files say, without the line's end.

        Raises:
            ValueError: a file cannot be read, or the setting is given twice.
        """
        environment = {name.upper(): value for name, value in os.environ.items()}
        found = {}
        for field in self.settings_cls.model_fields:
            name = variable(self.settings_cls, field)
            if (path := environment.get(name + IN_A_FILE)) is None:
                continue
            if name in environment:
                raise ValueError(f"{name} and {name}{IN_A_FILE} are both set; one of them has to go")
            try:
                found[field] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is no text"
                raise ValueError(f"{name}{IN_A_FILE}: the file cannot be read: {why}") from None
        return found

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Its base asks for it; all are found at once."""
        raise NotImplementedError


class Settings(BaseSettings):
    """The settings of one part; lists and objects are written as JSON. What is set to nothing is not set."""

    model_config = SettingsConfigDict(extra="ignore", enable_decoding=False, env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic gives it by name)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (as the one before)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in code, in files, in the environment."""
        return init_settings, _FromFiles(settings_cls), env_settings

    @field_validator("*", mode="before")
    @classmethod
    def _json(cls, said: Any, info: ValidationInfo) -> Any:
        kind = get_origin(cls.model_fields[str(info.field_name)].annotation)
        if not isinstance(said, str) or kind not in {dict, tuple, frozenset}:
            return said
        wanted, example = (dict, '{"name": "value"}') if kind is dict else (list, '["one", "two"]')
        try:
            found = json.loads(said)
        except ValueError:
            found = None
        if not isinstance(found, wanted):
            raise ValueError(f"is not written as JSON, such as {example}")  # noqa: TRY004 (pydantic takes no TypeError)
        return found


def variable(kind: type[BaseSettings], field: str) -> str:
    """The environment variable of a field."""
    return f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def settings_problem(error: ValidationError) -> str:
    """Each environment variable that is missing or wrong, by name, and what is right; never what it says."""
    # Only who has something wrong waits for it.
    from models.wrong_input import flaws

    prefix = next((variable(kind, "") for kind in _kinds(BaseSettings) if kind.__name__ == error.title), "")
    said = []
    for flaw in flaws(error):
        field, _, within = flaw.field.partition(".")
        said.append(f"{prefix}{field.upper()}{f': {within}' if within else ''} {flaw.rule}")
    return "; ".join(said)


def _kinds(of: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def refuse_in_clear(host: str) -> None:
    """Nothing about a real family, and no password, is said in clear to another machine.

    Raises:
        ValueError: the host is another machine, and the mode one of real families.
    """
    if os.environ.get("TRANSFERS_MODE") not in {Mode.LOCAL, Mode.TRIAL} and not _is_this_machine(host):
        raise ValueError(IN_CLEAR)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _web_address(said: str) -> str:
    try:
        found = urlsplit(said)
        _ = found.port
    except ValueError:
        found = urlsplit("")
    if found.scheme not in {"http", "https"} or not found.hostname or any(map(str.isspace, said)):
        raise ValueError("is no address such as https://mosaic.council.example")
    if found.query or found.fragment:
        raise ValueError("is an address with more behind it: leave out what begins with ? or #")
    if found.scheme == "http":
        refuse_in_clear(found.hostname)
    return said.rstrip("/")


def _encrypted(said: str) -> str:
    if not said.startswith("https://"):
        raise ValueError("is no address that begins with https://")
    return said


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""Without a stroke at its end; ``http`` only where ``refuse_in_clear`` lets it."""
EncryptedAddress = Annotated[WebAddress, AfterValidator(_encrypted)]
"""Always ``https``."""
