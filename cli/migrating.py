"""The command that makes the register's tables, or changes them."""

from adapters.register.store import RegisterSettings, migrate, register_engine
from cli.terminal import out


def migrate_register() -> None:
    """Bring the register's tables up to date."""
    migrate(RegisterSettings())
    out.print(f"The register is up to date ({register_engine(RegisterSettings()).url.render_as_string()}).")
