"""The composition root of the gateway: adapters are built here and nowhere else in this process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.emergency import EmergencySettings, phones
from adapters.keyring import Keyring
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.register.clocks import SqlClocks
from adapters.register.comparison import SqlComparison
from adapters.register.directory import SqlDirectory
from adapters.register.lists import SqlLists
from adapters.register.readings import SqlReadings
from adapters.register.store import RegisterSettings, Store, register_engine
from adapters.register.transfers import SqlTransfers
from adapters.signing import Signer, SigningSettings
from adapters.temporal_client import connect
from gateway.house import House
from gateway.limits import Limits, LimitSettings
from models.access import Caller
from models.policy import Phones


@dataclass(frozen=True)
class Parts:
    """What the settings say, read before anything is served."""

    cipher: Keyring
    register: RegisterSettings
    mosaic: MosaicSettings
    phones: Phones
    signer: Signer | None
    """None where a rehearsal has none."""
    caller: Callable[[str], Caller]
    limits: LimitSettings

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        """The house, as long as it is served; Temporal may come later."""
        engine = register_engine(self.register)
        store = Store(engine, self.cipher)
        with http_client(self.mosaic) as mosaic:
            yield House(
                client=await connect(self.cipher, signing=self.signer, lazy=True),
                journeys=SqlTransfers(store),
                directory=SqlDirectory(store),
                readings=SqlReadings(store),
                clocks=SqlClocks(store),
                lists=SqlLists(store),
                differences=SqlComparison(store),
                mosaic=HttpMosaic(mosaic),
                phones=self.phones,
                caller=self.caller,
                now=lambda: datetime.now(UTC),
                register_is_here=engine.dialect.name == "sqlite",
                limits=Limits(self.limits.per_second, self.limits.burst),
            )
        engine.dispose()


def parts(cipher: Keyring, caller: Callable[[str], Caller]) -> Parts:
    """As the settings say.

    Raises:
        ValidationError: a setting is missing or wrong.
        ValueError: in production a number to ring is missing, or the key that signs.
    """
    signer = Signer.from_settings(SigningSettings())
    numbers = phones(EmergencySettings())
    return Parts(cipher, RegisterSettings(), MosaicSettings(), numbers, signer, caller, LimitSettings())
