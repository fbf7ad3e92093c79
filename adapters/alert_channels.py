"""Alert channels over apprise: Teams, Slack, webhooks and what else it speaks, each an address with its secret."""

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import LastingError, PassingError

if TYPE_CHECKING:
    from apprise import Apprise


class ChannelSettings(BaseSettings):
    """The channels by the names that the policy uses: ``{"operations-room": "msteams://..."}``."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_ALERT_", extra="ignore")

    channels: dict[str, SecretStr] = {}
    """Address by name: ``{"operations-room": "msteams://..."}``; what only the policy names is warned of."""


class ChannelAddressError(ValueError):
    """An address of a channel is none that apprise understands."""


@dataclass(frozen=True)
class AppriseChannels:
    """Channels, as ``activities.ports.Channels`` needs them."""

    settings: ChannelSettings
    _rooms: dict[str, "Apprise"] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Understand every address at once, so that a wrong one is seen when the worker starts.

        Raises:
            ChannelAddressError: names the channel, never its address.
        """
        # Its log lines show addresses, and with them the secrets of the channels.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        for name, address in self.settings.channels.items():
            self._rooms[name] = _room(name, address)

    def send(self, channel: str, subject: str, text: str) -> str:
        """See ``Channels``."""
        from apprise import NotifyFormat

        room = self._rooms.get(channel)
        if room is None:
            raise LastingError("unknown_channel", f"no channel of this name: {channel}")
        if not room.notify(title=subject, body=text, body_format=NotifyFormat.TEXT):
            raise PassingError(f"the channel did not take it: {channel}")
        return f"taken by the channel {channel}"


def _room(name: str, address: SecretStr) -> "Apprise":
    # Who has no channel does without it: it is slow to import.
    from apprise import Apprise

    room = Apprise()
    if not room.add(address.get_secret_value()):
        raise ChannelAddressError(f"TRANSFERS_ALERT_CHANNELS: {name}: is no address that apprise understands")
    return room
