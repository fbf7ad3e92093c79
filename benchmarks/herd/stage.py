"""Where the herd runs: the whole rehearsal on ports and in a folder of its own, on a day that closes soon."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from adapters.england import EnglishCalendar
from adapters.policy_file import PolicySettings, read_deployment
from benchmarks.rehearsal import free_ports
from cli.rehearsal.local import LocalSettings
from models.vocabulary import LONDON


class HerdError(Exception):
    """The herd cannot run here and now; the text is one clear line."""


class HerdSettings(LocalSettings):
    """The rehearsal, with a policy file of the herd's own."""

    policy_file: Path

    def environment(self) -> dict[str, str]:
        """What every process needs to know."""
        return {**super().environment(), "TRANSFERS_POLICY_FILE": str(self.policy_file)}


def prepare(folder: Path, closes_in: timedelta) -> tuple[HerdSettings, datetime]:
    """The settings, with the policy file written, and the instant at which every clock of today ends.

    Raises:
        HerdError: the folder holds something, or today does not close after that time.
    """
    if folder.exists() and any(folder.iterdir()):
        raise HerdError(f"The folder {folder} holds something; each run wants an empty one.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(LONDON)
    due = (now + closes_in).replace(microsecond=0)
    if due.date() != now.date():
        raise HerdError(f"Midnight in London is nearer than {closes_in}: no day can close then; run it after midnight.")
    policy = folder / "policy.yaml"
    policy.write_text(yaml.safe_dump(_policy(due)), encoding="utf-8")
    _refuse_day_off(policy, now)
    settings = HerdSettings(folder=folder, policy_file=policy)
    return settings.model_copy(update=free_ports()), due.astimezone(UTC)


def _policy(due: datetime) -> dict[str, object]:
    breach = {"kind": "breach", "working_days": 0, "at": "closing", "audiences": ["early_help_contact"]}
    return {
        "policy": {"version": "herd", "clocks": {"conversation": {"working_days": 0, "ladder": [breach]}}},
        "calendar": {"opens": "00:00", "closes": f"{due:%H:%M:%S}", "weekdays": [0, 1, 2, 3, 4, 5, 6]},
    }


def _refuse_day_off(policy: Path, now: datetime) -> None:
    calendar = EnglishCalendar(read_deployment(PolicySettings(policy_file=policy)).calendar).current()
    if (name := calendar.day_off(now.date())) is not None:
        raise HerdError(f"Today is no working day in England ({name}): no clock can end today.")
