"""The policy file of a council: YAML, typed; what it does not say keeps its default."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from adapters.england import published
from adapters.settings import Settings
from models.calendar import LAST_KNOWN_DAY
from models.policy import Deployment
from models.vocabulary import LONDON
from models.wrong_input import first_flaw

PUBLISHED_AHEAD = timedelta(days=3 * 366)
"""No list of bank holidays reaches further."""


class PolicySettings(Settings):
    """Where the policy file lies; without one, the defaults hold."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    policy_file: Path | None = None
    """The policy and the working days of this council; without it, the defaults hold."""


ELSEWHERE = {
    "phones": "whom to ring is said by the settings TRANSFERS_DUTY_AND_ADVICE_PHONE, TRANSFERS_OUT_OF_HOURS_PHONE and "
    "TRANSFERS_EMERGENCY_PHONE alone",
    "writing": "how letters are headed and signed is said by the settings that begin with TRANSFERS_LETTERS_ alone",
}
"""What a deployment says in its settings."""


class PolicyFileError(ValueError):
    """The policy file cannot be used; the text names the field and the rule."""


def read_deployment(settings: PolicySettings) -> Deployment:
    """The policy and working days that hold here.

    Raises:
        PolicyFileError: the file cannot be read, or says something that is no policy.
    """
    return Deployment() if settings.policy_file is None else _read(settings.policy_file)


def _read(path: Path) -> Deployment:
    import yaml

    from adapters.written import SaidTwiceError, read_written

    try:
        said = read_written(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise PolicyFileError(f"{path}: cannot be read: {error.strerror}") from error
    except SaidTwiceError as error:
        raise PolicyFileError(f"{path}: {error.problem}") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        problem = getattr(error, "problem", None)
        what = f": {problem}" if problem else ""
        raise PolicyFileError(f"{path}: is not YAML in UTF-8, or holds a value that cannot be{what}") from error
    if not isinstance(said, dict):
        raise PolicyFileError(f"{path}: holds policy and calendar, each with its fields")
    for name, words in ELSEWHERE.items():
        if isinstance(said.get("policy"), dict) and name in said["policy"]:
            raise PolicyFileError(f"{path}: policy.{name}: {words}")
    try:
        deployment = Deployment.model_validate(_laid_over(Deployment().model_dump(), said))
    except ValidationError as error:
        raise PolicyFileError(f"{path}: {first_flaw(error).written}") from error
    wrong = _wrong_hours(deployment) or _known_too_far(deployment) or _not_moved(deployment)
    if wrong is not None:
        raise PolicyFileError(f"{path}: {wrong}")
    return deployment


def _laid_over(defaults: Any, said: Any) -> Any:
    """What is said, with the defaults where it is silent; a list is said whole."""
    if not isinstance(defaults, dict) or not isinstance(said, dict):
        return said
    return {**defaults, **{name: _laid_over(defaults.get(name), value) for name, value in said.items()}}


def _known_too_far(deployment: Deployment) -> str | None:
    """Bank holidays are published some two years ahead; a due date beyond them would be guessed."""
    last = datetime.now(LONDON).date() + PUBLISHED_AHEAD
    if deployment.calendar.known_until <= last:
        return None
    return f"calendar.known_until: bank holidays are not published that far ahead; the last day is {last}"


def _not_moved(deployment: Deployment) -> str | None:
    """A slip in a day that is worked would move due dates, or none, without a word."""
    council = deployment.calendar
    listed, announced = ({off.day for off in days} for days in (published(LAST_KNOWN_DAY.year), council.announced))
    for day in council.worked:
        if day not in listed:
            return f"calendar.worked: {day} is no bank holiday of England as this version knows them"
        if day in announced:
            return f"calendar.worked: {day} is among those announced, too"
    return None


def _wrong_hours(deployment: Deployment) -> str | None:
    """What is wrong with the times of day; seen when a process starts, not when the first due date is calculated."""
    council = deployment.calendar
    hours = {"calendar.opens": council.opens, "calendar.closes": council.closes}
    clocks = deployment.policy.clocks.items()
    hours |= {f"policy.clocks.{kind}.cut_off": clock.cut_off for kind, clock in clocks if clock.cut_off}
    if (letters := deployment.policy.letter_hours) is not None:
        hours |= {"policy.letter_hours.opens": letters.opens, "policy.letter_hours.closes": letters.closes}
    for field, at in hours.items():
        if at.tzinfo is not None:
            return f"{field}: has an offset; times of day are London's"
    return None if council.opens < council.closes else "calendar.opens: comes before closes"
