"""The local rehearsal: its ports, its folder, its keys, and how commands in other terminals find it."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, Self

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from adapters.settings import Port, Settings
from cli.project import EXAMPLES

HOST = "127.0.0.1"
PHONES = {
    "TRANSFERS_DUTY_AND_ADVICE_PHONE": "0113 496 0101",
    "TRANSFERS_OUT_OF_HOURS_PHONE": "0113 496 0102",
}
"""Numbers that belong to nobody: they are set aside for dramas and rehearsals."""
POLICY_FILE = EXAMPLES / "settings" / "policy.yaml"


class Rehearsal(Protocol):
    """What a player of cases, and who looks at them, has to know of a rehearsal."""

    @property
    def folder(self) -> Path:
        """Where notes about it are kept."""

    @property
    def mosaic_url(self) -> str:
        """The rehearsal Mosaic."""

    @property
    def mailbox_url(self) -> str:
        """The mailbox's page."""


class LocalSettings(Settings):
    """Where ``up`` and ``demo`` keep their state, and on which ports they listen."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_LOCAL_")

    folder: Path = Path(".transfers")
    """Where everything is kept; made up families only."""
    temporal_port: Port = 7233
    """The Temporal server."""
    ui_port: Port = 8233
    """The Temporal UI."""
    worker_port: Port = 8081
    """The worker's health page."""
    metrics_port: Port = 9464
    """The worker's metrics."""
    codec_port: Port = 8082
    """The codec server."""
    gateway_port: Port = 8080
    """The gateway: the HTTP API for caseworker systems."""
    mosaic_port: Port = 8090
    """The simulated Mosaic."""
    mailbox_port: Port = 8025
    """The mailbox's page."""
    smtp_port: Port = 2525
    """The mailbox."""

    def named_ports(self) -> dict[str, tuple[str, int]]:
        """Each port: the setting that changes it, and its number."""
        words = {
            "temporal_port": "the Temporal server",
            "ui_port": "the Temporal UI",
            "worker_port": "the worker's health page",
            "metrics_port": "the worker's metrics",
            "codec_port": "the codec server",
            "gateway_port": "the gateway",
            "mosaic_port": "the rehearsal Mosaic",
            "mailbox_port": "the mailbox's page",
            "smtp_port": "the mailbox",
        }
        return {words[name]: (f"TRANSFERS_LOCAL_{name.upper()}", getattr(self, name)) for name in words}

    @property
    def mosaic_url(self) -> str:
        """The rehearsal Mosaic."""
        return f"http://{HOST}:{self.mosaic_port}"

    @property
    def mailbox_url(self) -> str:
        """The mailbox's page."""
        return f"http://{HOST}:{self.mailbox_port}"

    @property
    def gateway_url(self) -> str:
        """The gateway."""
        return f"http://{HOST}:{self.gateway_port}"

    @property
    def ui_url(self) -> str:
        """The Temporal UI."""
        return f"http://{HOST}:{self.ui_port}"

    def _of_the_council(self) -> dict[str, str]:
        """What a council may rehearse with its own: policy and alert channels."""
        rooms = {"operations-room": f"json://{HOST}:{self.mailbox_port}/rooms/operations"}
        usual = {"TRANSFERS_ALERT_CHANNELS": json.dumps(rooms), "TRANSFERS_POLICY_FILE": str(POLICY_FILE)}
        return {name: os.environ.get(name, value) for name, value in usual.items()}

    def environment(self) -> dict[str, str]:
        """What every process of the rehearsal needs to know."""
        return {
            "TRANSFERS_MODE": "local",
            "TRANSFERS_KEYS": local_key(self.folder),
            "TEMPORAL_ADDRESS": f"{HOST}:{self.temporal_port}",
            "TRANSFERS_REGISTER_URL": f"sqlite:///{(self.folder / 'register.db').absolute()}",
            "TRANSFERS_MOSAIC_URL": self.mosaic_url,
            "TRANSFERS_MOSAIC_SIMULATOR_PORT": str(self.mosaic_port),
            "TRANSFERS_MOSAIC_SIMULATOR_FOLDER": str(self.folder / "mosaic"),
            "TRANSFERS_MAILBOX_SMTP_PORT": str(self.smtp_port),
            "TRANSFERS_MAILBOX_HTTP_PORT": str(self.mailbox_port),
            "TRANSFERS_MAILBOX_FOLDER": str(self.folder / "mail"),
            "TRANSFERS_SMTP_HOST": HOST,
            "TRANSFERS_SMTP_PORT": str(self.smtp_port),
            "TRANSFERS_SMTP_ENCRYPTION": "none",
            "TRANSFERS_SMTP_SENDER": "transfers@council.example",
            **self._of_the_council(),
            **PHONES,
            "TRANSFERS_UI_URL": self.ui_url,
            "TRANSFERS_CODEC_PORT": str(self.codec_port),
            "TRANSFERS_CODEC_UI_PORT": str(self.ui_port),
            "TRANSFERS_GATEWAY_PORT": str(self.gateway_port),
            "TRANSFERS_WORKER_PORT": str(self.worker_port),
            "TRANSFERS_METRICS_PORT": str(self.metrics_port),
            **gateway_keys(self.folder),
        }


def local_key(folder: Path) -> str:
    """The key made up for this folder; readable by its owner only."""
    return _kept(
        folder / "key", lambda: f"local-{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    )


def gateway_keys(folder: Path, made_up: str = "local-") -> dict[str, str]:
    """Where the keys of this folder lie: those of the tokens, and those of what the gateway signs; made up at first."""
    files = {
        "TRANSFERS_TOKEN_KEY": "token-key.pem",
        "TRANSFERS_TOKEN_JWKS": "token-keys.json",
        "TRANSFERS_SIGNING_KEY_FILE": "signing-key",
        "TRANSFERS_SIGNED_IN_KEYS_FILE": "signed-in-keys.json",
    }
    token, jwks, signing, signed_in = (folder / name for name in files.values())
    _kept(token, _new_token_key)
    _kept(jwks, lambda: _token_keys(token))
    _kept(signing, lambda: f"{made_up}{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}")
    _kept(signed_in, lambda: _signed_in_keys(signing))
    return {setting: str((folder / name).absolute()) for setting, name in files.items()}


def _new_token_key() -> str:
    # At need: whoever finds the keys made does not wait for what makes them.
    from adapters.local_issuer import new_key

    return new_key()


def _token_keys(key: Path) -> str:
    """The public part of the key that signs tokens."""
    from adapters.local_issuer import RehearsalIssuer

    return RehearsalIssuer.read(key).public


def _signed_in_keys(key: Path) -> str:
    """The public part of the key with which the gateway signs."""
    from adapters.settings import Mode
    from adapters.signing import Signer, SigningSettings

    signer = Signer.from_settings(SigningSettings(mode=Mode.LOCAL, signing_key=SecretStr(key.read_text())))
    return json.dumps({signer.key_id: signer.public} if signer else {})


def _kept(path: Path, made: Callable[[], str]) -> str:
    """What the file holds; where there is none, what is made up now, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}-{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(made())
        fresh.rename(path)
    return path.read_text()


@dataclass(frozen=True)
class Process:
    """A process, told apart from a later one under the same number by its command line."""

    pid: int
    command: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that runs under this number now."""
        return cls(pid, _command_line(pid))

    @property
    def runs(self) -> bool:
        """Whether it is still there."""
        try:
            os.kill(self.pid, 0)
        except OSError:
            return False
        return self.command != "" and _command_line(self.pid) == self.command


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@dataclass(frozen=True)
class Session:
    """A rehearsal that runs, or ran, in a folder: the process that started it, and those that it started."""

    owner: Process
    children: tuple[Process, ...]
    ports: dict[str, int]

    def write(self, folder: Path) -> None:
        """Note it for other terminals."""
        (folder / "session.json").write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, folder: Path) -> "Session | None":
        """The one noted in the folder, whether it still runs or not."""
        try:
            content = json.loads((folder / "session.json").read_text())
            children = tuple(Process(**child) for child in content["children"])
            return cls(Process(**content["owner"]), children, content["ports"])
        except (OSError, ValueError, KeyError):
            return None

    @staticmethod
    def forget(folder: Path) -> None:
        """It has ended."""
        (folder / "session.json").unlink(missing_ok=True)


def running_session() -> LocalSettings | None:
    """The settings of the rehearsal that runs in this folder, or None."""
    settings = LocalSettings()
    session = Session.read(settings.folder)
    if session is None or not session.owner.runs:
        return None
    return settings.model_copy(update=session.ports)
