"""Alert channels over apprise: Teams, Slack, webhooks and what else it speaks, each an address with its secret."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from adapters.retry_after import retry_after
from adapters.settings import Settings, refuse_in_clear
from models.errors import LastingError, PassingError

if TYPE_CHECKING:
    from apprise import Apprise
    from apprise.plugins.base import NotifyBase
    from requests import Response

US = "Early Help transfers"
TAKEN_WITHIN = 25.0
"""Seconds for all that a channel asks for, connection and sign-in with it; it fits into one attempt."""


class ChannelSettings(Settings):
    """The channels by the names that the policy uses."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_ALERT_")

    channels: dict[str, SecretStr] = {}  # noqa: RUF012 (pydantic gives each its own)
    """Address by name, each of one place: `{"operations-room": "workflows://HOST:443/WORKFLOW/SIGNATURE"}`, or as Teams
    and Slack give it (`https://...`); `jsons://HOST/PATH` for a webhook. In production only a place on this machine is
    told without encryption (`json://127.0.0.1`). What only the policy names is warned of."""
    timeout: float = Field(default=15.0, gt=0, le=20)
    """How long a channel may be silent once it was told; given up too soon, it is told again of what it has."""


class ChannelAddressError(ValueError):
    """An address of a channel is none that apprise understands, or of more than one place."""


@dataclass(frozen=True)
class AppriseChannels:
    """Channels, as ``activities.ports.Channels`` needs them."""

    settings: ChannelSettings
    clock: Callable[[], float] = time.monotonic
    """Seconds since anything."""
    _rooms: dict[str, "Apprise"] = field(init=False, default_factory=dict)
    _closed_until: dict[str, float] = field(init=False, default_factory=dict)
    """Until when, by ``clock``, a channel asked not to be told anything."""

    def __post_init__(self) -> None:
        """Understand every address at once, so that a wrong one is seen when the worker starts.

        Raises:
            ChannelAddressError: names the channel, never its address.
        """
        # Its log lines show addresses, and with them the secrets of the channels.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        for name, address in self.settings.channels.items():
            self._rooms[name] = _room(name, address, self.settings.timeout)

    def send(self, channel: str, subject: str, text: str) -> str:
        """See ``Channels``."""
        from adapters.heard import answers

        room = self._rooms.get(channel)
        if room is None:
            raise LastingError("unknown_channel", f"no channel of this name: {channel}")
        self._respect(channel)
        with answers() as heard:
            taken = _tell(room, subject, text)
        if not taken:
            raise self._not_taken(channel, heard)
        return f"taken by the channel {channel}"

    def _respect(self, channel: str) -> None:
        wait = self._closed_until.get(channel, 0.0) - self.clock()
        if wait > 0:
            raise PassingError(f"the channel asked for a pause: {channel}", timedelta(seconds=wait))

    def _not_taken(self, channel: str, heard: list["Response"]) -> PassingError:
        wait = retry_after(heard[-1].headers.get("Retry-After")) if heard else None
        if wait is not None:
            self._closed_until[channel] = self.clock() + wait.total_seconds()
        said = f", which answered {heard[-1].status_code}" if heard else ""
        return PassingError(f"the channel did not take it: {channel}{said}", wait)


def _room(name: str, address: SecretStr, timeout: float) -> "Apprise":
    # Who has no channel does without it: it is slow to import.
    from apprise import Apprise, AppriseAsset

    # A picture would be fetched by whoever reads, from a host that is none of ours.
    asset = AppriseAsset(app_id=US, image_url_mask="", image_url_logo="", service_timeout=TAKEN_WITHIN)
    room = Apprise(asset=asset)
    if not room.add(address.get_secret_value()):
        raise ChannelAddressError(f"TRANSFERS_ALERT_CHANNELS: {name}: is no address that apprise understands")
    if sum(map(_places, room)) != 1:
        # Where one of them refused, the others would be told again with it.
        more = "names more than one place; give each a name of its own"
        raise ChannelAddressError(f"TRANSFERS_ALERT_CHANNELS: {name}: {more}")
    [service] = room
    _refuse_in_clear(name, address.get_secret_value(), service)
    _as_we_need_it(service, timeout)
    return room


def _refuse_in_clear(name: str, address: str, service: "NotifyBase") -> None:
    """An alert names a transfer and its team, and the address holds the channel's secret."""
    schema = address.partition("://")[0].lower()
    in_clear = schema in _schemas(service.protocol) - _schemas(service.secure_protocol)
    try:
        if in_clear or not service.verify_certificate:
            refuse_in_clear(service.host or "localhost")
    except ValueError as error:
        mend = "take its encrypted kind, `jsons` for `json`" if in_clear else "leave out verify=no"
        raise ChannelAddressError(f"TRANSFERS_ALERT_CHANNELS: {name}: {error}: {mend}") from None


def _schemas(named: str | tuple[str, ...] | None) -> set[str]:
    return {named} if isinstance(named, str) else set(named or ())


def _places(service: "NotifyBase") -> int:
    return len(service) // (service.retry + 1)


def _as_we_need_it(service: "NotifyBase", timeout: float) -> None:
    """Whatever the address says: who is sent elsewhere, or may fail, has told nobody; and we try again ourselves."""
    service.redirects = False
    service.optional = False
    service.retry = 0
    service.socket_read_timeout = timeout


def _tell(room: "Apprise", subject: str, text: str) -> bool:
    """Say it in plain text; a service that speaks Markdown alone gets each line as a paragraph of its own."""
    from apprise import NotifyFormat

    [service] = room
    if service.resolve_format(NotifyFormat.TEXT) is NotifyFormat.MARKDOWN:
        # As plain text, it would come with a backslash before each point and hyphen; Teams cuts a title off at its end.
        body = re.sub(r"\n+", "\n\n", f"**{subject}**\n{text}".strip())
        return bool(room.notify(body=body, body_format=NotifyFormat.MARKDOWN))
    # Apprise sends no title without a text.
    return bool(room.notify(title=subject, body=text if text.strip() else subject, body_format=NotifyFormat.TEXT))
