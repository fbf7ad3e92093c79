"""The codec server process: ``python -m gateway.codec``. Local mode only: loopback, the UI's origin, one local user."""

import ipaddress
import sys

import uvicorn
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.encryption import EncryptedPayloads, EncryptionSettings, Keyring
from adapters.logs import set_up_logs
from adapters.register_sql import RegisterSettings, SqlRegister, register_engine
from adapters.settings import settings_problem
from gateway.codec.app import codec_app


class CodecSettings(BaseSettings):
    """Where the codec server listens, and for which UI."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_CODEC_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8082
    ui_port: int = 8233

    @property
    def ui_origins(self) -> frozenset[str]:
        """The UI on this machine, by either name."""
        return frozenset({f"http://127.0.0.1:{self.ui_port}", f"http://localhost:{self.ui_port}"})


def main() -> int:
    """Serve until SIGTERM; a missing or wrong setting is one clear line."""
    set_up_logs("codec")
    try:
        encryption, settings = EncryptionSettings(), CodecSettings()
        cipher = Keyring.from_settings(encryption)
    except ValidationError as error:
        print(f"codec server: {settings_problem(error)}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"codec server: {error}", file=sys.stderr)
        return 2
    if encryption.mode != "local" or not ipaddress.ip_address(settings.host).is_loopback:
        print(
            "codec server: only local mode, on a loopback address, is built: elsewhere it would read without a login",
            file=sys.stderr,
        )
        return 2
    print("Codec server in local mode: whoever uses the Temporal UI on this machine reads every transfer.")
    register = SqlRegister(register_engine(RegisterSettings()), cipher)
    app = codec_app(EncryptedPayloads(cipher), register, settings.ui_origins)
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
