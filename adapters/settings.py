"""What is wrong with the settings of a process, in one line."""

from pydantic import ValidationError


def settings_problem(error: ValidationError) -> str:
    """The environment variables that are missing or wrong, by name."""
    missing = ", ".join(str(detail["loc"][0]).upper() for detail in error.errors(include_input=False))
    return f"settings missing or wrong in {error.title} (environment variables TRANSFERS_…): {missing}"
