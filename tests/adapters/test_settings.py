"""What is wrong with the settings of a process is one line: which are missing, which are wrong, and what is right."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.alert_channels import AppriseChannels, ChannelAddressError, ChannelSettings
from adapters.emergency import EmergencySettings
from adapters.keyring import EncryptionSettings
from adapters.mosaic_http import MosaicSettings
from adapters.oidc import OidcSettings
from adapters.settings import Mode, Settings, settings_problem
from adapters.smtp import Encryption, PostSettings
from adapters.temporal_client import speaks_in_clear
from cli.views import UiSettings
from gateway.__main__ import OpenGatewaySettings
from gateway.codec.__main__ import OpenCodecSettings
from gateway.serving import refuse_other_machines
from worker.settings import WorkerSettings

IN_CLEAR = "would be spoken to without encryption; in production only a server on this machine may be"
SECRET = "token-Quill-77"


def problem(kind: type[Settings], **said: Any) -> str:
    with pytest.raises(ValidationError) as error:
        kind(**said)
    return settings_problem(error.value)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRANSFERS_MODE", raising=False)


@pytest.mark.parametrize(
    ("number", "wrong"), [(-1, "too small; the limit is 0"), (70_000, "too large; the limit is 65535")]
)
def test_a_port_that_no_machine_has_is_refused_by_the_name_of_its_setting(number: int, wrong: str) -> None:
    assert problem(WorkerSettings, metrics_port=number) == f"TRANSFERS_METRICS_PORT is {wrong}"
    post = {"host": "mail.example", "sender": "team@mail.example", "port": number}
    assert problem(PostSettings, **post) == f"TRANSFERS_SMTP_PORT is {wrong}"


def test_what_is_missing_and_what_is_wrong_are_told_apart_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_SMTP_PORT", SECRET)
    monkeypatch.setenv("TRANSFERS_SMTP_HOST", "mail.example")
    monkeypatch.setenv("TRANSFERS_SMTP_ENCRYPTION", SECRET)
    assert problem(PostSettings) == (
        "TRANSFERS_SMTP_PORT is not a whole number; "
        "TRANSFERS_SMTP_ENCRYPTION is not one of 'starttls', 'tls', 'none'; TRANSFERS_SMTP_SENDER is missing"
    )


@pytest.mark.parametrize(
    ("kind", "name", "right"),
    [
        (WorkerSettings, "TRANSFERS_DRAIN_SECONDS", "is not a number"),
        (WorkerSettings, "TRANSFERS_DIGEST_AT", "is not a time of day, such as 08:30"),
        (WorkerSettings, "TRANSFERS_DIGEST_DAYS", "is not written as days of the week, such as mon-fri or mon,wed,fri"),
        (EmergencySettings, "TRANSFERS_OUT_OF_HOURS_PHONE", "is not a telephone number, such as 0113 496 0003"),
        (ChannelSettings, "TRANSFERS_ALERT_CHANNELS", 'is not written as JSON, such as {"name": "value"}'),
        (OidcSettings, "TRANSFERS_OIDC_PLAIN_ROLES", 'is not written as JSON, such as ["one", "two"]'),
        (OidcSettings, "TRANSFERS_OIDC_ISSUER", "is no address such as https://mosaic.council.example"),
        (MosaicSettings, "TRANSFERS_MOSAIC_URL", "is no address such as https://mosaic.council.example"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_right_and_never_with_what_was_said(
    kind: type[Settings], name: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, SECRET)
    said = problem(kind)
    assert f"{name} {right}" in said.split("; ")
    assert SECRET not in said


def test_a_list_in_the_place_of_names_is_refused_and_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_ALERT_CHANNELS", '["json://127.0.0.1"]')
    assert problem(ChannelSettings).startswith("TRANSFERS_ALERT_CHANNELS is not written as JSON")


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("host", ["mail.example", "10.0.0.5", "localhost.example", "0.0.0.0", "mailbox"])
def test_in_production_mail_leaves_this_machine_only_encrypted(host: str) -> None:
    said: dict[str, Any] = {"host": host, "sender": "team@mail.example"}
    assert problem(PostSettings, **said, encryption="none") == f"TRANSFERS_SMTP_ENCRYPTION {IN_CLEAR}"
    assert PostSettings(**said).encryption is Encryption.STARTTLS


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_mail_to_a_server_on_this_machine_may_do_without_encryption(host: str) -> None:
    assert PostSettings(host=host, sender="team@mail.example", encryption="none").host == host


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    ("kind", "name", "rest"),
    [
        (MosaicSettings, "TRANSFERS_MOSAIC_URL", {}),
        (UiSettings, "TRANSFERS_UI_URL", {}),
        (OidcSettings, "TRANSFERS_OIDC_ISSUER", {"audience": "us"}),
    ],
)
def test_in_production_no_address_of_another_machine_is_in_clear(
    kind: type[Settings], name: str, rest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "http://elsewhere.example/")
    assert problem(kind, **rest) == f"{name} {IN_CLEAR}"
    monkeypatch.setenv(name, "https://elsewhere.example/")
    assert "https://elsewhere.example" in kind(**rest).model_dump().values()


@pytest.mark.usefixtures("production")
def test_in_production_no_page_that_came_in_clear_may_read() -> None:
    rest = {"names": ("codec.example",), "certificate": "c", "certificate_key": "k"}
    said = problem(OpenCodecSettings, ui_origins=["https://ui.example", "http://ui.example"], **rest)
    assert said.startswith("TRANSFERS_CODEC_UI_ORIGINS")
    assert said.endswith(IN_CLEAR)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    ("address", "mend"),
    [
        (f"json://user:{SECRET}@hook.example/path", "take its encrypted kind"),
        (f"mailto://user:{SECRET}@mail.example", "take its encrypted kind"),
        (f"mmost://chat.example/{'3ccdd113474722377935511fc85d3dd4'}", "take its encrypted kind"),
        (f"jsons://user:{SECRET}@hook.example/path?verify=no", "leave out verify=no"),
    ],
)
def test_in_production_a_channel_elsewhere_is_encrypted_and_its_certificate_looked_at(address: str, mend: str) -> None:
    with pytest.raises(ChannelAddressError) as error:
        AppriseChannels(ChannelSettings(channels={"room": SecretStr(address)}))
    assert str(error.value).startswith(f"TRANSFERS_ALERT_CHANNELS: room: {IN_CLEAR}: {mend}")
    assert SECRET not in str(error.value)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "address",
    [
        "jsons://hook.example/path",
        "json://127.0.0.1/path",
        "workflows://teams.example:443/WORKFLOW/SIGNATURE",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    ],
)
def test_channels_that_are_encrypted_or_on_this_machine_are_taken(address: str) -> None:
    AppriseChannels(ChannelSettings(channels={"room": SecretStr(address)}))


@pytest.mark.parametrize("mode", ["local", "trial"])
def test_where_families_are_made_up_nothing_has_to_be_encrypted(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_MODE", mode)
    assert MosaicSettings(url="http://mosaic:8090").url == "http://mosaic:8090"
    PostSettings(host="mailbox", sender="team@mail.example", encryption="none")
    AppriseChannels(ChannelSettings(channels={"room": SecretStr("json://mailbox:8025/rooms/one")}))


def test_a_setting_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_KEYS_FILE", str(tmp_path / "keys"))
    (tmp_path / "keys").write_text(f"{SECRET}\n")
    assert EncryptionSettings().keys.get_secret_value() == SECRET
    monkeypatch.setenv("TRANSFERS_METRICS_PORT_FILE", str(tmp_path / "port"))
    (tmp_path / "port").write_text("9000")
    assert WorkerSettings().metrics_port == 9000


def test_a_setting_that_is_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_KEYS_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("TRANSFERS_KEYS", SECRET)
    with pytest.raises(ValueError, match=r"^TRANSFERS_KEYS and TRANSFERS_KEYS_FILE are both set;"):
        EncryptionSettings()


def test_a_file_that_is_not_there_is_told_by_the_name_of_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSFERS_SMTP_PASSWORD_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ValueError, match=r"^TRANSFERS_SMTP_PASSWORD_FILE: the file cannot be read: No such file"):
        PostSettings(host="mail.example", sender="team@mail.example")


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    ("said", "in_clear"),
    [
        ({"TEMPORAL_ADDRESS": "temporal.example:7233"}, True),
        ({"TEMPORAL_ADDRESS": "temporal.example:7233", "TEMPORAL_TLS": "true"}, False),
        ({"TEMPORAL_ADDRESS": "temporal.example:7233", "TEMPORAL_API_KEY": SECRET}, False),
        ({"TEMPORAL_ADDRESS": "temporal.example:7233", "TEMPORAL_API_KEY": SECRET, "TEMPORAL_TLS": "false"}, True),
        ({"TEMPORAL_ADDRESS": "127.0.0.1:7233"}, False),
        ({}, False),
    ],
)
def test_a_temporal_elsewhere_that_is_reached_without_tls_is_noticed(
    said: dict[str, str], *, in_clear: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_TLS", "TEMPORAL_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert speaks_in_clear() is in_clear


@pytest.mark.parametrize("kind", [EncryptionSettings, EmergencySettings])
def test_a_mode_that_there_is_not_is_refused_with_those_that_there_are(kind: type[Settings]) -> None:
    said = problem(kind, mode="prod", keys=SECRET)
    assert said == "TRANSFERS_MODE is not one of 'local', 'trial', 'production'"


def test_a_setting_that_is_set_to_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFERS_OIDC_AUDIENCE", "")
    monkeypatch.setenv("TRANSFERS_OIDC_PERSON_CLAIM", "")
    assert problem(OidcSettings, issuer="https://login.council.example") == "TRANSFERS_OIDC_AUDIENCE is missing"
    assert OidcSettings(issuer="https://login.council.example", audience="transfers").person_claim == "sub"


@pytest.mark.parametrize("names", [(), ("*",), ("https://transfers.council.example/",), ("",)])
def test_a_gateway_is_not_opened_under_no_name_or_every_name(names: tuple[str, ...]) -> None:
    assert problem(OpenGatewaySettings, names=names, certificate="c", certificate_key="k").startswith(
        "TRANSFERS_GATEWAY_NAMES"
    )


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", "192.0.2.1"])
def test_what_is_no_loopback_address_is_refused_in_local_mode_by_the_name_of_its_setting(host: str) -> None:
    with pytest.raises(ValueError, match=r"^TRANSFERS_GATEWAY_HOST: in local mode only a loopback address"):
        refuse_other_machines(host, Mode.LOCAL, "TRANSFERS_GATEWAY_")
