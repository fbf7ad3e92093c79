"""The search attributes by which operations staff find transfers; never anything about a person."""

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from models.journey.status import Status

STAGE = SearchAttributeKey.for_keyword("TransferStage")
ROUTE = SearchAttributeKey.for_keyword("TransferRoute")
SERVICE = SearchAttributeKey.for_keyword("EarlyHelpService")
TEAM = SearchAttributeKey.for_keyword("SocialWorkTeam")
WAITING_FOR = SearchAttributeKey.for_keyword_list("WaitingFor")
RESPONSE_STATE = SearchAttributeKey.for_keyword("ResponseState")
RESPONSE_DUE = SearchAttributeKey.for_datetime("ResponseDue")
NEEDS_ATTENTION = SearchAttributeKey.for_bool("NeedsAttention")

SEARCH_ATTRIBUTES = {
    "TransferStage": "Keyword",
    "TransferRoute": "Keyword",
    "EarlyHelpService": "Keyword",
    "SocialWorkTeam": "Keyword",
    "ResponseState": "Keyword",
    "ResponseDue": "Datetime",
    "WaitingFor": "KeywordList",
    "NeedsAttention": "Bool",
}
"""Name and type of each, as a Temporal namespace has to know them."""


def at_start(status: Status) -> TypedSearchAttributes:
    """What a transfer is found by from its first moment."""
    said = ((update.key, update.value) for update in search_attributes(status) if update.value is not None)
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in said])


def is_found_by(known: TypedSearchAttributes, status: Status) -> bool:
    """Whether the transfer is found as it stands now."""
    return all(known.get(update.key) == update.value for update in search_attributes(status))


def search_attributes(status: Status) -> list[SearchAttributeUpdate[Any]]:
    """What the transfer is found by as it stands now."""
    due = RESPONSE_DUE.value_unset() if status.response_due is None else RESPONSE_DUE.value_set(status.response_due)
    team = TEAM.value_unset() if status.social_work_team is None else TEAM.value_set(status.social_work_team)
    return [
        STAGE.value_set(status.stage),
        ROUTE.value_set(status.route),
        SERVICE.value_set(status.service_ref),
        team,
        RESPONSE_STATE.value_set(status.response),
        due,
        WAITING_FOR.value_set([*status.waiting_for]),
        NEEDS_ATTENTION.value_set(status.needs_attention or (status.stopped_by_harm and status.outcome is None)),
    ]
