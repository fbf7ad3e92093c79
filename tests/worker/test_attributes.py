"""A worker starts only where the namespace has every search attribute: without one, each transfer would stand still."""

import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from worker.attributes import refuse_missing_attributes
from workflows.journey.visibility import SEARCH_ATTRIBUTES

TYPES = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}


@pytest.fixture
async def bare() -> AsyncIterator[Client]:
    """A server whose namespace has none."""
    temporal = str(Path(sysconfig.get_path("scripts")) / "temporal")
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal, dev_server_log_level="error"
    ) as server:
        yield server.client


async def make(client: Client, **kinds: str) -> None:
    of = {name: TYPES[kind] for name, kind in kinds.items()}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=of)
    )


async def test_what_the_namespace_lacks_is_named_with_the_command_that_makes_it(bare: Client) -> None:
    there = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in {"WaitingFor", "NeedsAttention"}}
    await make(bare, **there)
    with pytest.raises(ValueError, match="lacks search attributes: WaitingFor, NeedsAttention") as error:
        await refuse_missing_attributes(bare)
    assert "search-attribute create --namespace default --name WaitingFor --type KeywordList" in str(error.value)
    await make(bare, WaitingFor="KeywordList", NeedsAttention="Bool")
    await refuse_missing_attributes(bare)


async def test_one_of_another_type_is_as_good_as_none(bare: Client) -> None:
    await make(bare, **{**SEARCH_ATTRIBUTES, "NeedsAttention": "Keyword"})
    with pytest.raises(ValueError, match="lacks search attributes: NeedsAttention"):
        await refuse_missing_attributes(bare)
