"""Runs the Mosaic simulator: `python -m simulators.mosaic`."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from simulators.mosaic.app import create_app
from simulators.mosaic.books import Books
from simulators.mosaic.desk import Desk
from simulators.serving import address, announce, listen, serve


class Settings(BaseSettings):
    """Where the simulator listens, and where it keeps its books."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_MOSAIC_SIMULATOR_")

    host: str = "127.0.0.1"
    """The address on which the simulated Mosaic listens."""
    port: int = 8090
    """Its port."""
    names: tuple[str, ...] = ()
    """Other names under which it is asked than those of this machine, such as that of its container."""
    folder: Path = Path(".transfers/mosaic")
    """Where it keeps its books."""


def main() -> None:
    """Serve until a signal stops it."""
    settings = Settings()
    listener = listen(settings.host, settings.port)
    desk = Desk(Books(settings.folder))
    announce(f"Mosaic simulator: http://{address(listener)}")
    serve(create_app(desk), listener, on_stop=desk.closing.set, names=settings.names)


if __name__ == "__main__":
    main()
