"""Who acts was signed in: what the gateway signs is known by its public key, and by nothing that somebody copies."""

import base64
import dataclasses
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, WorkflowSerializationContext

from adapters.encryption import SIGNATURE, SIGNED_BY, SIGNED_IN, EncryptedPayloads, data_converter
from adapters.keyring import Keyring
from adapters.signing import SignedInKeys, SignedInSettings, Signer, Signing, SigningSettings
from models.step_down.steps.acts import Authorise
from models.vocabulary import Message
from tests.builders import authorised

THE_DAY = date(2026, 11, 30)
GATEWAY = Signer.new(THE_DAY)
ANOTHER = Signer.new(THE_DAY)
OTHER = dataclasses.replace(Signer.new(THE_DAY), key_id=GATEWAY.key_id)


def public(*signers: Signer) -> SignedInKeys:
    said = {signer.key_id: signer.public for signer in signers}
    return SignedInKeys.from_settings(SignedInSettings(signed_in_keys=said))


KNOWN = public(GATEWAY)


def converter(keyring: Keyring, signing: Signing | None, workflow_id: str = "step-down/t-1") -> DataConverter:
    within = WorkflowSerializationContext(namespace="default", workflow_id=workflow_id)
    return data_converter(keyring, signing).with_context(within)


async def sent(keyring: Keyring, signing: Signing | None, workflow_id: str = "step-down/t-1") -> Payload:
    [payload] = await converter(keyring, signing, workflow_id).encode([authorised()])
    return payload


async def read(
    keyring: Keyring, payload: Payload, known: Signing | None = KNOWN, within: str = "step-down/t-1"
) -> Message:
    [step] = await converter(keyring, known, within).decode([payload], [Authorise])
    assert isinstance(step, Authorise)
    return step


async def test_what_the_gateway_sent_is_known_to_a_worker_with_its_public_key(keyring: Keyring) -> None:
    said = await read(keyring, await sent(keyring, GATEWAY))
    assert said.came_signed_in
    assert said.says_the_same_as(authorised())
    assert not said.came_in_clear


async def test_each_of_several_keys_is_known_while_another_one_takes_over(keyring: Keyring) -> None:
    new = Signer.new(THE_DAY)
    for signer in (GATEWAY, new):
        assert (await read(keyring, await sent(keyring, signer), public(GATEWAY, new))).came_signed_in


async def test_who_holds_a_key_and_is_not_the_gateway_signs_for_nobody(keyring: Keyring) -> None:
    assert not (await read(keyring, await sent(keyring, None))).came_signed_in
    assert not (await read(keyring, await sent(keyring, KNOWN))).came_signed_in


async def test_a_signature_by_another_key_under_the_same_id_says_nothing(keyring: Keyring) -> None:
    assert not (await read(keyring, await sent(keyring, OTHER))).came_signed_in


@pytest.mark.parametrize("known", [None, GATEWAY, SignedInKeys({}), public(Signer.new(THE_DAY))])
async def test_without_the_public_key_the_same_is_read_and_nobody_was_signed_in(
    keyring: Keyring, known: Signing | None
) -> None:
    said = await read(keyring, await sent(keyring, GATEWAY), known)
    assert said == authorised()
    assert not said.came_signed_in


async def test_a_signature_that_is_copied_from_another_message_does_not_hold(keyring: Keyring) -> None:
    signed, mine = await sent(keyring, GATEWAY), await sent(keyring, None)
    for name in (SIGNED_BY, SIGNATURE):
        mine.metadata[name] = signed.metadata[name]
    assert not (await read(keyring, mine)).came_signed_in


async def test_what_was_signed_for_another_workflow_does_not_hold_here(keyring: Keyring) -> None:
    """Whoever holds the keys can seal the same words for another workflow; the signature stays with the first."""
    signed = await sent(keyring, GATEWAY)
    here = EncryptedPayloads(keyring, "step-down/t-2", KNOWN)
    assert SIGNED_IN not in here.read(signed).metadata
    moved = await sent(keyring, None, "step-down/t-2")
    moved.metadata[SIGNED_BY], moved.metadata[SIGNATURE] = signed.metadata[SIGNED_BY], signed.metadata[SIGNATURE]
    assert not (await read(keyring, moved, within="step-down/t-2")).came_signed_in
    nowhere = Payload(metadata={**signed.metadata, "workflow-id": b""}, data=signed.data)
    assert SIGNED_IN not in here.read(nowhere).metadata


class NothingBound:
    """Keys that open whatever is shown to them: what holds then, the signature holds."""

    ids = ("key-2",)

    def seal(self, clear: bytes, bound_to: bytes) -> tuple[str, bytes]:
        return "key-2", clear

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes | None:
        return sealed


@pytest.mark.parametrize(
    ("changed", "within", "holds"),
    [
        ({}, "step-down/t-1", True),
        ({"workflow-id": b"step-down/t-2"}, "step-down/t-2", False),
        ({"workflow-id": b""}, "step-down/t-2", False),
        ({"privacy": b"plain"}, "step-down/t-1", False),
        ({SIGNED_BY: ANOTHER.key_id.encode()}, "step-down/t-1", False),
    ],
    ids=["as it was", "another workflow", "no workflow", "another class", "another id"],
)
async def test_the_signature_alone_binds_workflow_class_and_key(
    changed: dict[str, bytes], within: str, *, holds: bool
) -> None:
    here = WorkflowSerializationContext(namespace="default", workflow_id="step-down/t-1")
    [signed] = await data_converter(NothingBound(), GATEWAY).with_context(here).encode([authorised()])
    moved = Payload(metadata={**signed.metadata, **changed}, data=signed.data)
    opened = EncryptedPayloads(NothingBound(), within, public(GATEWAY, ANOTHER)).read(moved)
    assert opened.metadata["encoding"] == b"json/plain"
    assert (SIGNED_IN in opened.metadata) is holds


async def test_what_was_sealed_for_no_workflow_is_not_signed_nor_known_as_signed(keyring: Keyring) -> None:
    [payload] = await data_converter(keyring, GATEWAY).encode([authorised()])
    assert SIGNED_BY not in payload.metadata
    assert SIGNED_IN not in EncryptedPayloads(keyring, signing=KNOWN).read(await sent(keyring, GATEWAY)).metadata


@pytest.mark.parametrize("part", [SIGNED_BY, SIGNATURE])
@pytest.mark.parametrize("value", [b"", b"\xff\xfe", b"no such key", bytes(64), None])
async def test_whatever_stands_in_the_place_of_a_signature_is_read_without_an_error(
    keyring: Keyring, part: str, value: bytes | None
) -> None:
    payload = await sent(keyring, GATEWAY)
    payload.metadata.pop(part)
    if value is not None:
        payload.metadata[part] = value
    assert not (await read(keyring, payload)).came_signed_in


async def test_nobody_can_say_by_themselves_that_they_were_signed_in(keyring: Keyring) -> None:
    claims = {SIGNED_IN: GATEWAY.key_id.encode()}
    clear = Payload(metadata={"encoding": b"json/plain", **claims}, data=authorised().model_dump_json().encode())
    assert not (await read(keyring, clear)).came_signed_in
    key_id, data = keyring.seal(clear.SerializeToString(), b"step-down/t-1\nnarrative")
    beside = {"encoding": b"binary/encrypted", "key-id": key_id.encode(), "privacy": b"narrative"}
    sealed = Payload(metadata={**beside, **claims, "workflow-id": b"step-down/t-1"}, data=data)
    assert not (await read(keyring, sealed)).came_signed_in


async def test_a_signature_makes_nothing_readable_that_was_changed(keyring: Keyring) -> None:
    payload = await sent(keyring, GATEWAY)
    changed = Payload(metadata=payload.metadata, data=payload.data[:-1] + bytes([payload.data[-1] ^ 1]))
    read_as = EncryptedPayloads(keyring, "step-down/t-1", KNOWN).read(changed)
    assert read_as.metadata["encoding"] == b"binary/encrypted"
    assert SIGNED_IN not in read_as.metadata


def test_that_somebody_was_signed_in_is_no_part_of_what_is_said_and_is_not_kept() -> None:
    said = authorised()
    said.mark_signed_in()
    assert said.came_signed_in
    assert said.says_the_same_as(authorised())
    assert said.model_dump_json() == authorised().model_dump_json()
    assert not said.as_kept().came_signed_in
    assert said.as_kept() == authorised()


def test_a_key_that_was_made_stands_in_a_file_of_its_own_and_its_pair_knows_it(tmp_path: Path) -> None:
    file = tmp_path / "signing-key"
    GATEWAY.write(file)
    assert file.stat().st_mode & 0o777 == 0o600
    again = Signer.from_settings(SigningSettings(signing_key=SecretStr(file.read_text())))
    assert again is not None
    assert (again.key_id, again.public) == (GATEWAY.key_id, GATEWAY.public)
    assert KNOWN.ids == (GATEWAY.key_id,)
    assert KNOWN.signed(GATEWAY.key_id, again.sign(b"said"), b"said")
    with pytest.raises(ValueError, match="cannot be written there: File exists"):
        GATEWAY.write(file)


def test_neither_key_nor_setting_shows_the_private_key(tmp_path: Path) -> None:
    file = tmp_path / "signing-key"
    GATEWAY.write(file)
    secret = file.read_text().strip()
    shown = repr((GATEWAY, SigningSettings(signing_key=SecretStr(secret))))
    assert secret.partition(":")[2] not in shown


@pytest.mark.parametrize("said", ["", "id", "id:", "id:c2hvcnQ=", "no id:" + base64.b64encode(bytes(32)).decode()])
def test_what_is_no_key_is_refused_and_not_shown(said: str) -> None:
    with pytest.raises(ValueError, match=r"^TRANSFERS_SIGNING_KEY: give id:base64 of 32 bytes$"):
        Signer.from_settings(SigningSettings(signing_key=SecretStr(said)))
    key_id, _, key = said.partition(":")
    with pytest.raises(ValueError, match=r"^TRANSFERS_SIGNED_IN_KEYS: give id:base64 of 32 bytes$"):
        SignedInKeys.from_settings(SignedInSettings(signed_in_keys={key_id: key}))


def test_in_production_the_gateway_has_something_to_sign_with() -> None:
    with pytest.raises(ValueError, match="TRANSFERS_SIGNING_KEY: is missing"):
        Signer.from_settings(SigningSettings(mode="production"))


@pytest.mark.parametrize("mode", ["local", "trial"])
def test_a_rehearsal_goes_without(mode: str) -> None:
    assert Signer.from_settings(SigningSettings(mode=mode)) is None
    assert SignedInKeys.from_settings(SignedInSettings(mode=mode)).ids == ()


@pytest.mark.parametrize(("made_up", "mode"), [("local-", "production"), ("trial-", "production"), ("", "trial")])
def test_a_key_of_another_mode_is_refused(made_up: str, mode: str, tmp_path: Path) -> None:
    signer = Signer.new(THE_DAY, made_up)
    signer.write(tmp_path / "key")
    secret = SecretStr((tmp_path / "key").read_text())
    with pytest.raises(ValueError, match=r"TRANSFERS_SIGNING_KEY: a (key|trial)"):
        Signer.from_settings(SigningSettings(mode=mode, signing_key=secret))
    with pytest.raises(ValueError, match=r"TRANSFERS_SIGNED_IN_KEYS: .*: a (key|trial)"):
        SignedInKeys.from_settings(SignedInSettings(mode=mode, signed_in_keys={signer.key_id: signer.public}))
