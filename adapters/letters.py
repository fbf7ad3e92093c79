"""How letters are headed and signed: settings, recorded with each transfer when it starts."""

from pydantic_settings import SettingsConfigDict

from adapters.settings import Settings
from models.policy import Writing


class LetterSettings(Settings):
    """What stands above and below each letter, as ``TRANSFERS_LETTERS_HEAD`` and so on."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_LETTERS_")

    head: str | None = None
    """The letterhead; of the whole council, as no team's area may follow from it."""
    signed_by: str = "the social work team"
    """Who signs, below the worker's name where that is told."""
    names_worker: bool = True
    """Whether the social worker is named, with the telephone that the directory has, to whoever may know."""


def writing(settings: LetterSettings) -> Writing:
    """How letters are written (SD-33b)."""
    return Writing.model_validate(settings.model_dump())
