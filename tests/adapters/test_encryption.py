"""What Temporal keeps is sealed: bound to its workflow, readable under old keys, harmless where it cannot be read."""

import base64
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import LargeBinary
from sqlmodel import SQLModel
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import ActivitySerializationContext, DataConverter, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from activities.register import OpenTransfer
from adapters.encryption import ENCODING, OPENED_WITH, SEALED_AS, EncryptedPayloads, data_converter
from adapters.keyring import EncryptionSettings, Keyring
from adapters.register.keys import SEALED
from models.journey.answers import Receipt
from models.journey.projection import Projection
from models.journey.status import Status
from models.step_down.start import StepDownRequest
from models.step_down.steps.consent import RecordExploration
from models.vocabulary import Message
from tests.adapters.conftest import KEY, OLD_KEY
from tests.builders import THEN, exploration, facts, family_record, request
from tests.step_down import status

MARKER = "Mx-Marker-Quill"
NOT_MET = {
    "no_further_role": False,
    "needs_early_help_can_meet": True,
    "response_required": True,
    "because": MARKER,
}


def within(converter: DataConverter, workflow_id: str) -> DataConverter:
    return converter.with_context(WorkflowSerializationContext(namespace="default", workflow_id=workflow_id))


@pytest.fixture
def converter(keyring: Keyring) -> DataConverter:
    return within(data_converter(keyring), "step-down/t-1")


async def sealed(converter: DataConverter, value: Any) -> Payload:
    [payload] = await converter.encode([value])
    return payload


async def test_what_is_sealed_opens_again_and_is_not_to_be_read_meanwhile(converter: DataConverter) -> None:
    step = exploration(needs=MARKER)
    payload = await sealed(converter, step)
    assert payload.metadata["encoding"] == ENCODING
    assert MARKER.encode() not in payload.SerializeToString()
    assert await converter.decode([payload], [RecordExploration]) == [step]


async def test_the_same_text_is_sealed_differently_each_time(converter: DataConverter) -> None:
    first, second = await sealed(converter, "text"), await sealed(converter, "text")
    assert first.data != second.data


async def test_beside_each_text_stand_its_key_its_workflow_and_its_class(converter: DataConverter) -> None:
    payload = await sealed(converter, exploration())
    beside = {name: payload.metadata[name] for name in ("key-id", "workflow-id", "privacy")}
    assert beside == {"key-id": b"key-2", "workflow-id": b"step-down/t-1", "privacy": b"narrative"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (exploration(), b"narrative"),
        (status(facts()), b"narrative"),
        (status(facts(request=request(restricted=True))), b"restricted"),
        (Projection(status=status(facts(request=request(restricted=True))), version=1), b"restricted"),
        (Projection(status=status(facts()), version=1), b"narrative"),
        (request(restricted=True), b"restricted"),
        (request(family=None), b"plain"),
        (request(), b"restricted"),
        (request(criteria=NOT_MET, family=None), b"narrative"),
        (OpenTransfer(request=request(family=None), at=THEN), b"plain"),
        (OpenTransfer(request=request(), at=THEN), b"restricted"),
        (family_record(), b"restricted"),
        ({"step": "report_significant_harm", "concern": MARKER}, b"narrative"),
        (family_record().model_dump(mode="json"), b"restricted"),
        (request().model_dump(mode="json"), b"restricted"),
        ("text", b"plain"),
        (None, b"plain"),
    ],
    ids=[
        "step",
        "status",
        "restricted status",
        "restricted projection",
        "projection",
        "restricted start",
        "start",
        "start with a family",
        "start that says why not",
        "opening",
        "opening with a family",
        "family",
        "what has no type",
        "a family without a type",
        "a start without a type",
        "text",
        "nothing",
    ],
)
async def test_what_people_wrote_is_classed_as_narrative(converter: DataConverter, value: Any, kind: bytes) -> None:
    assert (await sealed(converter, value)).metadata["privacy"] == kind


async def test_an_activity_reads_what_its_workflow_sealed(keyring: Keyring, converter: DataConverter) -> None:
    payload = await sealed(converter, request())
    activity = data_converter(keyring).with_context(
        ActivitySerializationContext(
            namespace="default",
            activity_id="1",
            activity_type="open_transfer",
            activity_task_queue="transfers",
            workflow_id="step-down/t-1",
            workflow_type="StepDownTransfer",
            is_local=False,
        )
    )
    assert await activity.decode([payload], [StepDownRequest]) == [request()]


async def test_a_text_under_the_key_before_still_opens(keyring: Keyring) -> None:
    before = within(data_converter(Keyring(current="key-1", keys={"key-1": OLD_KEY})), "step-down/t-1")
    payload = await sealed(before, request())
    assert payload.metadata["key-id"] == b"key-1"
    now = within(data_converter(keyring), "step-down/t-1")
    assert await now.decode([payload], [StepDownRequest]) == [request()]
    assert (await sealed(now, request())).metadata["key-id"] == b"key-2"


def unreadable(payload: Payload) -> dict[str, Payload]:
    def changed(**metadata: bytes) -> Payload:
        other = Payload()
        other.CopyFrom(payload)
        for name, value in metadata.items():
            other.metadata[name.replace("_", "-")] = value
        return other

    without_key = changed()
    del without_key.metadata["key-id"]
    shortened, flipped = changed(), changed()
    shortened.data = payload.data[:8]
    flipped.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    return {
        "an unknown key": changed(key_id=b"key-9"),
        "the other key's id": changed(key_id=b"key-1"),
        "no key": without_key,
        "a milder class": changed(privacy=b"plain"),
        "another workflow": changed(workflow_id=b"step-down/t-2"),
        "no workflow": changed(workflow_id=b""),
        "metadata that is no text": changed(key_id=b"\xff\xfe", privacy=b"\xff"),
        "a shortened text": shortened,
        "a changed text": flipped,
        "no text": Payload(metadata=dict(payload.metadata)),
        "clear text": Payload(metadata={"encoding": b"json/plain"}, data=b'"x"'),
        "nothing at all": Payload(),
    }


CHANGES = tuple(unreadable(Payload(metadata={"key-id": b"key-2"}, data=b"0" * 32)))


@pytest.mark.parametrize("change", CHANGES)
async def test_what_cannot_be_read_passes_through_unchanged(
    keyring: Keyring, converter: DataConverter, change: str
) -> None:
    payload = unreadable(await sealed(converter, exploration()))[change]
    for codec in (EncryptedPayloads(keyring), EncryptedPayloads(keyring, "step-down/t-1")):
        assert await codec.decode([payload]) == [payload]


async def test_a_text_that_was_opened_says_with_which_key(keyring: Keyring, converter: DataConverter) -> None:
    codec = EncryptedPayloads(keyring, "step-down/t-1")
    [opened] = await codec.decode([await sealed(converter, exploration())])
    assert opened.metadata[OPENED_WITH] == b"key-2"
    before = within(data_converter(Keyring(current="key-1", keys={"key-1": OLD_KEY})), "step-down/t-1")
    [older] = await codec.decode([await sealed(before, exploration())])
    assert older.metadata[OPENED_WITH] == b"key-1"


@pytest.mark.parametrize("message", [exploration(), request()], ids=["step", "start"])
async def test_a_message_that_was_sealed_on_its_way_does_not_count_as_sent_in_clear(
    converter: DataConverter, message: Message
) -> None:
    [read] = await converter.decode([await sealed(converter, message)], [type(message)])
    assert not read.came_in_clear


@pytest.mark.parametrize("message", [exploration(), request()], ids=["step", "start"])
@pytest.mark.parametrize("claims", [{}, {OPENED_WITH: b"key-2"}], ids=["in clear", "claims to have been sealed"])
async def test_a_message_that_came_in_clear_is_read_and_knows_it_whatever_it_claims(
    converter: DataConverter, message: Message, claims: dict[str, bytes]
) -> None:
    metadata = {"encoding": b"json/plain", **claims}
    clear = Payload(metadata=metadata, data=message.model_dump_json().encode())
    [read] = await converter.decode([clear], [type(message)])
    assert read.came_in_clear
    assert read.says_the_same_as(message)


def test_a_keyring_that_is_shown_shows_no_key(keyring: Keyring) -> None:
    assert repr(keyring) == "Keyring(current='key-2')"


async def test_what_claims_to_have_been_opened_and_was_never_sealed_loses_that_claim_alone(keyring: Keyring) -> None:
    said = {OPENED_WITH: b"key-2", SEALED_AS: b"1"}
    claims = Payload(metadata={"encoding": b"json/plain", **said, "more": b"kept"}, data=b'"x"')
    [came] = await EncryptedPayloads(keyring).decode([claims])
    assert came == Payload(metadata={"encoding": b"json/plain", "more": b"kept"}, data=b'"x"')


async def test_what_was_sealed_with_a_claim_inside_says_the_key_that_opened_it(keyring: Keyring) -> None:
    inside = Payload(metadata={"encoding": b"json/plain", OPENED_WITH: b"key-9"}, data=b'"x"')
    codec = EncryptedPayloads(keyring, "step-down/t-1")
    [opened] = await codec.decode(await codec.encode([inside]))
    assert opened.metadata[OPENED_WITH] == b"key-2"


async def test_a_step_that_was_read_in_clear_is_sealed_like_every_other_when_it_is_kept(
    converter: DataConverter,
) -> None:
    step = exploration()
    step.mark_in_clear()
    assert await converter.decode([await sealed(converter, step)], [RecordExploration]) == [exploration()]


async def test_that_somebody_waits_for_a_step_comes_with_it_sealed_and_is_not_kept(converter: DataConverter) -> None:
    said, waited_for = exploration(), exploration()
    waited_for.mark_waited_for()
    payload = await sealed(converter, waited_for)
    assert payload.metadata.keys() == (await sealed(converter, said)).metadata.keys(), "nobody else sees it"
    [found] = await converter.decode([payload], [RecordExploration])
    assert found.is_waited_for
    assert found.says_the_same_as(said)
    assert found.as_kept() == said
    assert found.is_waited_for, "it came so"


async def test_a_text_of_one_workflow_is_not_read_in_another(keyring: Keyring, converter: DataConverter) -> None:
    payload = await sealed(converter, exploration())
    assert await EncryptedPayloads(keyring, "step-down/t-2").decode([payload]) == [payload]
    assert (await EncryptedPayloads(keyring).decode([payload]))[0].metadata["encoding"] == b"json/plain"


async def test_one_text_that_cannot_be_read_does_not_hide_its_neighbours(
    keyring: Keyring, converter: DataConverter
) -> None:
    good, bad = await sealed(converter, "good"), Payload(metadata={"encoding": ENCODING}, data=b"bad")
    first, second = await EncryptedPayloads(keyring, "step-down/t-1").decode([bad, good])
    assert (first, second.data) == (bad, b'"good"')


async def test_a_failure_shows_neither_its_message_nor_its_places(converter: DataConverter) -> None:
    failure = Failure()
    with pytest.raises(ApplicationError) as raised:
        raise ApplicationError(f"about {MARKER}", f"detail {MARKER}", type="StepRefused")
    await converter.encode_failure(raised.value, failure)
    assert MARKER.encode() not in failure.SerializeToString()
    assert b"test_encryption" not in failure.SerializeToString()
    again = await converter.decode_failure(failure)
    assert isinstance(again, ApplicationError)
    assert (again.message, list(again.details)) == (f"about {MARKER}", [f"detail {MARKER}"])


@pytest.mark.parametrize(
    "keyring_of",
    [lambda: Keyring(current="a", keys={"a": KEY}), lambda: Keyring(current="a", keys={"a": KEY, "b": OLD_KEY})],
    ids=["one key", "two keys"],
)
def test_a_sealed_text_opens_only_with_what_it_is_bound_to(keyring_of: Callable[[], Keyring]) -> None:
    keys = keyring_of()
    key_id, data = keys.seal(b"text", b"transfer-1")
    assert keys.open(key_id, data, b"transfer-1") == b"text"
    assert keys.open(key_id, data, b"transfer-2") is None
    assert keys.open("b", data, b"transfer-1") is None
    assert keys.open(key_id, b"", b"transfer-1") is None


def settings(keys: str, mode: str = "production") -> EncryptionSettings:
    return EncryptionSettings(keys=SecretStr(keys), mode=mode)


def pair(key_id: str, key: bytes = KEY) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"


def test_the_first_key_seals_and_all_of_them_open() -> None:
    keys = Keyring.from_settings(settings(f"{pair('2026')}, {pair('2025', OLD_KEY)}"))
    assert (keys.current, dict(keys.keys)) == ("2026", {"2026": KEY, "2025": OLD_KEY})


NO_KEYS = {
    "nothing": ("", 1),
    "an id alone": ("2026", 1),
    "a short key": (pair("2026", b"short"), 1),
    "a short key behind a good one": (f"{pair('2026')},{pair('2025', b'short')}", 2),
    "no base64": ("2026:not base64!", 1),
    "a key whose colon was lost": (f"{pair('2026')},{pair('2025', OLD_KEY).replace(':', '')}", 2),
    "a comma too many": (f"{pair('2026')},", 2),
    "no id": (pair(""), 1),
}


@pytest.mark.parametrize(("keys", "entry"), NO_KEYS.values(), ids=NO_KEYS)
def test_an_entry_that_is_no_key_is_refused_by_its_number_without_showing_it(keys: str, entry: int) -> None:
    with pytest.raises(ValueError, match=f"TRANSFERS_KEYS: entry no. {entry}: give id:base64 of 32 bytes") as error:
        Keyring.from_settings(settings(keys))
    assert not keys or keys not in str(error.value)


def test_an_id_that_is_used_for_two_keys_is_refused() -> None:
    with pytest.raises(ValueError, match=r"entry no\. 2: the id 2026 is used twice"):
        Keyring.from_settings(settings(f"{pair('2026')},{pair('2026', OLD_KEY)}"))


MADE_UP = [pair("local-1"), pair("Local-1"), pair("trial-1"), f"{pair('2026')},{pair('local-1', OLD_KEY)}"]


@pytest.mark.parametrize("keys", MADE_UP)
def test_a_key_made_up_for_a_rehearsal_is_refused_in_production(keys: str) -> None:
    with pytest.raises(ValueError, match="made up for a rehearsal is refused in production"):
        Keyring.from_settings(settings(keys))
    assert Keyring.from_settings(settings(keys, mode="local")).keys


@pytest.mark.parametrize("keys", [pair("2026"), pair("local-1"), f"{pair('trial-1')},{pair('2026', OLD_KEY)}"])
def test_a_trial_into_which_nobody_signs_opens_nothing_that_is_sealed_with_another_key(keys: str) -> None:
    with pytest.raises(ValueError, match=r"entry no\. \d: a trial takes only keys made up for it"):
        Keyring.from_settings(settings(keys, mode="trial"))
    assert Keyring.from_settings(settings(pair("trial-1"), mode="trial")).keys


def test_production_is_the_mode_unless_somebody_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRANSFERS_MODE", raising=False)
    monkeypatch.setenv("TRANSFERS_KEYS", pair("2026"))
    assert EncryptionSettings().mode == "production"
    assert pair("2026") not in repr(EncryptionSettings())


async def test_a_receipt_and_a_status_come_back_as_what_they_are(converter: DataConverter) -> None:
    said = status(facts())
    assert await converter.decode([await sealed(converter, said)], [Status]) == [said]
    receipt = Receipt(
        step_id="s",
        step="record_consent",
        accepted_at=THEN,
        stage=said.stage,
        stage_words=said.stage_words,
        next_steps=said.next_steps,
    )
    assert await converter.decode([await sealed(converter, receipt)], [Receipt]) == [receipt]


async def test_a_long_text_is_compressed_before_it_is_sealed_and_opens_as_it_was(converter: DataConverter) -> None:
    said = exploration(needs=f"{MARKER} " * 200)
    payload = await sealed(converter, said)
    assert len(payload.data) < len(said.model_dump_json()) / 2
    assert MARKER.encode() not in payload.data
    assert await converter.decode([payload], [RecordExploration]) == [said]


def test_every_sealed_column_of_the_register_is_known_to_who_seals_it_anew() -> None:
    binary = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {(column.class_.__tablename__, column.key) for column, _, _ in SEALED} == binary


def test_a_new_key_stands_second_until_it_is_put_first_and_an_old_one_can_be_left_out() -> None:
    ring = Keyring(current="2026", keys={"2026": KEY, "2025": OLD_KEY})
    new, wider = ring.with_new(date(2026, 11, 29))
    assert new.startswith("2026-11-29-")
    assert wider.ids == ("2026", new, "2025")
    assert len(wider.keys[new]) == len(KEY)
    assert wider.led_by(new).ids == (new, "2026", "2025")
    assert wider.led_by(new).without("2026").ids == (new, "2025")


def test_a_key_that_is_made_in_the_rehearsal_is_refused_in_production_as_the_one_before() -> None:
    new, _ = Keyring(current="local-1", keys={"local-1": KEY}).with_new(date(2026, 11, 29))
    assert new.startswith("local-")


def test_a_setting_that_was_written_reads_as_it_was_in_a_file_of_its_own(tmp_path: Path) -> None:
    ring, file = Keyring(current="2026", keys={"2025": OLD_KEY, "2026": KEY}), tmp_path / "keys"
    ring.write(file)
    assert file.stat().st_mode & 0o777 == 0o600
    again = Keyring.from_settings(settings(file.read_text()))
    assert (again.ids, again.keys) == (("2026", "2025"), ring.keys)
    with pytest.raises(ValueError, match="the keys cannot be written there: File exists"):
        ring.write(file)
