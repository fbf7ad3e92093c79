"""What is wrong with the settings of a process, in one line."""

from pydantic import ValidationError
from pydantic_settings import BaseSettings


def settings_problem(error: ValidationError) -> str:
    """The environment variables that are missing or wrong, by name."""
    prefixes = {kind.__name__: kind.model_config.get("env_prefix", "") for kind in BaseSettings.__subclasses__()}
    prefix = prefixes.get(error.title, "")
    names = (f"{prefix}{detail['loc'][0]}".upper() for detail in error.errors(include_input=False))
    return f"settings missing or wrong: {', '.join(names)}"
