"""The search attributes of the namespace: without one of them every step of every transfer would fail."""

import re

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.journey.visibility import SEARCH_ATTRIBUTES


async def refuse_missing_attributes(client: Client) -> None:
    """See to it that the namespace has each under its type; where Temporal does not tell, as the Cloud, nothing is.

    Raises:
        ValueError: names those that it lacks, with the command that makes the first one.
    """
    try:
        asked = ListSearchAttributesRequest(namespace=client.namespace)
        told = await client.operator_service.list_search_attributes(asked)
    except RPCError:
        return
    missing = [name for name, kind in SEARCH_ATTRIBUTES.items() if told.custom_attributes.get(name) != _number(kind)]
    if missing:
        raise ValueError(
            f"the namespace {client.namespace} lacks search attributes: {', '.join(missing)}. Make each with: temporal "
            f"operator search-attribute create --namespace {client.namespace} --name {missing[0]} "
            f"--type {SEARCH_ATTRIBUTES[missing[0]]}"
        )


def _number(kind: str) -> int:
    """``KeywordList`` is ``INDEXED_VALUE_TYPE_KEYWORD_LIST``."""
    words = re.sub("([A-Z])", r"_\1", kind).upper()
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE{words}")
