"""The search attributes by which operations staff find transfers; never anything about a person."""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from models.step_down.status import Status

STAGE = SearchAttributeKey.for_keyword("TransferStage")
ROUTE = SearchAttributeKey.for_keyword("TransferRoute")
SERVICE = SearchAttributeKey.for_keyword("EarlyHelpService")
TEAM = SearchAttributeKey.for_keyword("SocialWorkTeam")
WAITING_FOR = SearchAttributeKey.for_keyword_list("WaitingFor")
NEEDS_ATTENTION = SearchAttributeKey.for_bool("NeedsAttention")

SEARCH_ATTRIBUTES = {
    "TransferStage": "Keyword",
    "TransferRoute": "Keyword",
    "EarlyHelpService": "Keyword",
    "SocialWorkTeam": "Keyword",
    "WaitingFor": "KeywordList",
    "NeedsAttention": "Bool",
}
"""Name and type of each, as a Temporal namespace has to know them."""


def search_attributes(status: Status) -> TypedSearchAttributes:
    """What the transfer is found by as it stands now."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(STAGE, status.stage),
            SearchAttributePair(ROUTE, status.route),
            SearchAttributePair(SERVICE, status.service_ref),
            SearchAttributePair(TEAM, status.social_work_team),
            SearchAttributePair(WAITING_FOR, status.waiting_for),
            SearchAttributePair(NEEDS_ATTENTION, status.needs_attention),
        ]
    )
