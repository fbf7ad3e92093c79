"""Runs the mailbox: `python -m simulators.mailbox`."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from simulators.mailbox.app import create_app
from simulators.mailbox.rooms import RoomStore
from simulators.mailbox.store import MailStore
from simulators.serving import address, announce, listen, serve


class Settings(BaseSettings):
    """Where the mailbox listens, and where it keeps its messages."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_MAILBOX_")

    host: str = "127.0.0.1"
    """The address on which the mailbox listens."""
    smtp_port: int = 2525
    """The port that takes mail."""
    http_port: int = 8025
    """The port of its page."""
    names: tuple[str, ...] = ()
    """Other names under which its page is asked than those of this machine, such as that of its container."""
    folder: Path = Path(".transfers/mail")
    """Where it keeps its messages."""


def main() -> None:
    """Serve until a signal stops it."""
    settings = Settings()
    smtp_listener = listen(settings.host, settings.smtp_port)
    http_listener = listen(settings.host, settings.http_port)
    app = create_app(MailStore(settings.folder), RoomStore(settings.folder / "rooms"), smtp_listener)
    announce(f"Mailbox: http://{address(http_listener)}, smtp://{address(smtp_listener)}")
    serve(app, http_listener, names=settings.names)


if __name__ == "__main__":
    main()
