"""What is asked in a way that cannot be answered: the refusal names what is wrong, and the rule."""

import gzip
from typing import Any

import pytest

from models.access import Caller, Scope
from models.field_words import FIELD_WORDS
from models.vocabulary import Role
from tests.gateway.quiet import asking, quiet_app, signed

APP = quiet_app()
JSON = {"content-type": "application/json", "idempotency-key": "n-1"}


@pytest.mark.parametrize(
    ("path", "field", "says"),
    [
        ("/v1/transfers?most=0", "most", "`most` is too small; the limit is 1."),
        ("/v1/transfers?most=many", "most", "`most` is not a whole number."),
        ("/v1/transfers?response=late", "response", "`response` is not one of"),
        ("/v1/transfers/t-1/timeline?wait=100", "wait", "`wait` is too large; the limit is 30."),
        ("/v1/transfers/a%20b", "journey_id", "The id is not a reference, such as"),
        ("/v1/services/a%20b", "ref", "The reference of the service is not a reference, such as"),
        ("/v1/transfers/t-1/steps/Record", "step", "The name of the step is not written as it must be."),
    ],
)
async def test_what_is_wrong_in_an_address_is_named_with_its_rule(path: str, field: str, says: str) -> None:
    async with asking(APP) as http:
        answer = await http.get(path, headers=signed())
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["detail"].startswith(says)


@pytest.mark.parametrize("how", ["gzip", "br", "deflate, gzip"])
async def test_a_packed_body_is_refused_as_packed(how: str) -> None:
    body: Any = gzip.compress(b'{"occurred_at": "2026-04-02T10:00Z"}')
    async with asking(APP) as http:
        said = {**signed(), **JSON, "content-encoding": how}
        answer = await http.post("/v1/transfers/t-1/steps/cancel", content=body, headers=said)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")
    assert "Content-Encoding" in answer.json()["detail"]


@pytest.mark.clause("SD-23c")
async def test_a_list_that_a_form_left_open_is_not_taken_for_one_that_was_left_out() -> None:
    """Left out, the children of an act are all of them: of somebody who has not said yet which, nobody knows that."""
    said = {"occurred_at": "2026-04-02T10:00Z", "of": "d-1", "granted": True, "children": None}
    async with asking(quiet_app(caller=manager)) as http:
        answer = await http.post("/v1/transfers/t-1/steps/authorise", json=said, headers={**signed("tm-1"), **JSON})
    assert (answer.status_code, answer.json()["field"]) == (422, "children")


def manager(who: str) -> Caller:
    return Caller(who=who, roles=frozenset({Role.TEAM_MANAGER}), scopes=frozenset(Scope))


def test_the_two_fields_that_say_why_something_is_cancelled_are_told_apart() -> None:
    assert FIELD_WORDS["reason_code"] != FIELD_WORDS["because"]
