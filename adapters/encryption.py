"""Encryption of what Temporal keeps: each payload sealed, with its class beside it."""

import dataclasses
import zlib
from collections.abc import Iterable
from copy import copy
from hashlib import sha256
from typing import Any, Self, cast

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from adapters.keyring import Cipher
from adapters.signing import SignedInKeys, Signer, Signing
from models.vocabulary import Message

ENCODING = b"binary/encrypted"
COMPRESSED = b"\x00zlib"
"""Begins what was compressed before it was sealed; no serialized payload begins with a zero."""
WORTH_COMPRESSING = 400
"""Bytes."""

OPENED_WITH = "opened-with"
"""What a payload that was sealed bears once it is opened: the id of the key. Nobody else can put it there."""

SEALED_AS = "sealed-as"
"""Beside it stands the hash of what it was while it was sealed."""

SIGNED_IN = "came-signed-in"
"""And, where the gateway had signed it for this very workflow, the id of the key by which that is known."""

WAITED_FOR = "waited-for"
"""What is sent by somebody who waits for it bears this, sealed with what it says."""

SIGNED_BY, SIGNATURE = "signed-in-by", "signature"
"""Beside the cipher text of what the gateway sealed."""


class _ClassedJson(PydanticJSONPlainPayloadConverter):
    """JSON by pydantic; a value that says so is marked ``narrative`` or ``restricted``, everything else ``plain``.

    What others send without a type, as a step that comes as a signal, may hold what people said: ``narrative``; or
    the people of a family, or where a child has moved: ``restricted``.
    A message knows that it was not sealed on its way, that who sent it was signed in, and that they wait for it.
    """

    def to_payload(self, value: object) -> Payload | None:
        payload = super().to_payload(value)
        if payload is not None:
            of_nothing_known = _class_of_what_came(value) if isinstance(value, dict) else "plain"
            payload.metadata["privacy"] = str(getattr(value, "privacy", of_nothing_known)).encode()
        if payload is not None and isinstance(value, Message) and value.is_waited_for:
            payload.metadata[WAITED_FOR] = b"true"
        return payload

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        value = super().from_payload(payload, type_hint)
        if isinstance(value, Message) and OPENED_WITH not in payload.metadata:
            value.mark_in_clear()
        if isinstance(value, Message) and SIGNED_IN in payload.metadata:
            value.mark_signed_in()
        if isinstance(value, Message) and WAITED_FOR in payload.metadata:
            value.mark_waited_for()
        return value


def _class_of_what_came(value: dict[Any, Any]) -> str:
    children = value.get("children")
    moved = isinstance(children, list) and any(isinstance(child, dict) and child.get("moved") for child in children)
    return "restricted" if moved or value.get("people") or value.get("family") else "narrative"


_CONVERTERS = tuple(
    _ClassedJson() if isinstance(converter, JSONPlainPayloadConverter) else converter
    for converter in DefaultPayloadConverter.default_encoding_payload_converters
)


class ClassedPayloadConverter(CompositePayloadConverter):
    """Temporal's converters, with JSON by pydantic and the class of each payload in its metadata."""

    def __init__(self) -> None:
        """Temporal makes one for each payload that it converts; what they are made of is made once."""
        super().__init__(*_CONVERTERS)


@dataclasses.dataclass(frozen=True)
class EncryptedPayloads(PayloadCodec, WithSerializationContext):
    """Seals each payload, bound to key id, workflow id and class, which stand beside it in clear.

    Decoding never raises: what cannot be read passes through unchanged, and so does what belongs to another workflow.
    Who has a signer signs what it seals, and who has its public key knows; to others a signature says nothing.
    """

    cipher: Cipher
    workflow_id: str = ""
    signing: Signing | None = None

    def with_context(self, context: SerializationContext) -> Self:
        """Bind to the workflow that the payload belongs to."""
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return dataclasses.replace(self, workflow_id=context.workflow_id or "")
        return self

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Seal."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Open what can be opened."""
        return [self.read(payload) for payload in payloads]

    def read(self, payload: Payload) -> Payload:
        """The payload opened, and marked so; or as it came, and then nobody says of it that it was opened."""
        opened, clear = self.open(payload), Payload()
        clear.CopyFrom(opened or payload)
        for mark in (OPENED_WITH, SEALED_AS, SIGNED_IN):
            clear.metadata.pop(mark, None)
        if opened is not None:
            clear.metadata[OPENED_WITH] = payload.metadata["key-id"]
            clear.metadata[SEALED_AS] = sha256(payload.data).digest()
            if self._came_signed_in(payload):
                clear.metadata[SIGNED_IN] = payload.metadata[SIGNED_BY]
        return clear

    def _came_signed_in(self, payload: Payload) -> bool:
        """Signed for the workflow in which it lies; where none is known, nobody can say so."""
        if not isinstance(self.signing, SignedInKeys) or not self.workflow_id:
            return False
        beside = payload.metadata
        key_id, privacy = (beside.get(name, b"").decode(errors="replace") for name in (SIGNED_BY, "privacy"))
        said = _signed(self.workflow_id, privacy, payload.data)
        return self.signing.signed(key_id, beside.get(SIGNATURE, b""), said)

    def _seal(self, payload: Payload) -> Payload:
        privacy = payload.metadata.get("privacy", b"plain").decode()
        clear = _smaller(payload.SerializeToString())
        key_id, data = self.cipher.seal(clear, _bound_to(self.workflow_id, privacy))
        metadata = {"encoding": ENCODING, "key-id": key_id.encode(), "privacy": privacy.encode()}
        if isinstance(self.signing, Signer) and self.workflow_id:
            said = _signed(self.workflow_id, privacy, data)
            metadata |= {SIGNED_BY: self.signing.key_id.encode(), SIGNATURE: self.signing.sign(said)}
        return Payload(metadata={**metadata, "workflow-id": self.workflow_id.encode()}, data=data)

    def open(self, payload: Payload) -> Payload | None:
        """The clear payload, or None where it is not ours or cannot be read."""
        if payload.metadata.get("encoding") != ENCODING:
            return None
        said = {name: payload.metadata.get(name, b"").decode(errors="replace") for name in _BESIDE}
        if self.workflow_id and said["workflow-id"] not in {"", self.workflow_id}:
            return None
        clear = self.cipher.open(said["key-id"], payload.data, _bound_to(said["workflow-id"], said["privacy"]))
        return None if clear is None else Payload.FromString(_as_it_was(clear))


def _smaller(clear: bytes) -> bytes:
    """Compressed where that pays: histories live for months, and hold how a transfer stands many times."""
    return COMPRESSED + zlib.compress(clear, 1) if len(clear) >= WORTH_COMPRESSING else clear


def _as_it_was(clear: bytes) -> bytes:
    return zlib.decompress(clear.removeprefix(COMPRESSED)) if clear.startswith(COMPRESSED) else clear


_BESIDE = ("key-id", "workflow-id", "privacy")


def _bound_to(workflow_id: str, privacy: str) -> bytes:
    return f"{workflow_id}\n{privacy}".encode()


def _signed(workflow_id: str, privacy: str, data: bytes) -> bytes:
    """What a signature is about: this cipher text, of this class, in this workflow."""
    return f"signed in\n{workflow_id}\n{privacy}\n".encode() + data


class _BoundDataConverter(DataConverter):
    """Temporal's, bound to a workflow without being made anew: it is asked to for every payload."""

    def with_context(self, context: SerializationContext) -> Self:
        """The same, whose codec is bound; nothing else here depends on whose payload it is."""
        bound = copy(self)
        object.__setattr__(bound, "payload_codec", cast("EncryptedPayloads", self.payload_codec).with_context(context))
        return bound


def data_converter(cipher: Cipher, signing: Signing | None = None) -> DataConverter:
    """The one data converter of client, worker, codec server and replayer; failures are sealed too.

    The gateway alone signs, workers alone ask who did.
    """
    return _BoundDataConverter(
        payload_converter_class=ClassedPayloadConverter,
        payload_codec=EncryptedPayloads(cipher, signing=signing),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
