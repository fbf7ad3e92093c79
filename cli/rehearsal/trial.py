"""The rehearsal in containers, as the commands meet it there; ``docker/trial.yaml`` starts it."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from adapters.settings import Settings, WebAddress
from cli.rehearsal.local import LocalSettings


class TrialSettings(Settings):
    """Where a trial has what its commands look at, beside what every process is told."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    mosaic_url: WebAddress
    """Where Mosaic answers by our contract."""
    mailbox_url: WebAddress
    """In a trial, for the commands: the mailbox's page."""

    @property
    def folder(self) -> Path:
        """Where the commands note what they did."""
        return LocalSettings().folder
