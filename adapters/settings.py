"""What settings are made of, and what is wrong with those of a process, in one line."""

from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings

Port = Annotated[int, Field(ge=0, le=65_535)]
"""Where a process listens, or is reached; 0 where it listens on any that is free."""


def settings_problem(error: ValidationError) -> str:
    """The environment variables that are missing or wrong, by name."""
    prefixes = {kind.__name__: kind.model_config.get("env_prefix", "") for kind in BaseSettings.__subclasses__()}
    prefix = prefixes.get(error.title, "")
    names = (f"{prefix}{detail['loc'][0]}".upper() for detail in error.errors(include_input=False))
    return f"settings missing or wrong: {', '.join(names)}"
