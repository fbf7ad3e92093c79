"""``transfers advice``: counted for the report, and no word of a family is taken."""

import json

import pytest

from models.operations.advice import AdviceKind
from tests.system.conftest import Typed


def advised(typed: Typed) -> int:
    return sum(line["number"] for line in json.loads(typed("report", "--json").stdout)["advice"])


@pytest.mark.clause("ER-08")
def test_advice_is_counted_and_the_report_shows_it(typed: Typed):
    before = advised(typed)
    told = typed("advice", "own_work", "--by", "mailbox")
    assert told.returncode == 0, told.stderr
    assert "Nothing of the family is kept" in told.stdout
    assert "999" in told.stdout, "whom to ring comes first"
    assert advised(typed) == before + 1
    assert AdviceKind.OWN_WORK.words in " ".join(typed("report").stdout.split())


@pytest.mark.clause("ER-08")
@pytest.mark.parametrize("said", [("Mrs Sample rang about Kim",), ("own_work", "Kim"), ("own_work", "--by", "Kim")])
def test_free_text_is_refused_and_nothing_is_counted(typed: Typed, said: tuple[str, ...]):
    before = advised(typed)
    refused = typed("advice", *said)
    assert refused.returncode == 2
    assert advised(typed) == before
