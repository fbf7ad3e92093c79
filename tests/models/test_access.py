"""Who may read what about a transfer."""

import pytest

from models.access import About, Privacy, Reader, may_read

PLAIN, NARRATIVE, RESTRICTED = Privacy
OPERATIONS = Reader(who="op-1", reads=frozenset({PLAIN}))
CASEWORK = Reader(who="sw-9", reads=frozenset({PLAIN, NARRATIVE}))
SAFEGUARDING = Reader(who="tm-9", reads=frozenset(Privacy))
OWN_WORKER = Reader(who="sw-1", reads=frozenset())
ORDINARY = About(restricted=False, named=frozenset({"sw-1", "tm-1"}))
SECRET = About(restricted=True, named=frozenset({"sw-1", "tm-1"}))


@pytest.mark.parametrize(
    ("reader", "about", "reads"),
    [
        (OPERATIONS, ORDINARY, {PLAIN}),
        (CASEWORK, ORDINARY, {PLAIN, NARRATIVE}),
        (SAFEGUARDING, ORDINARY, {PLAIN, NARRATIVE, RESTRICTED}),
        (OWN_WORKER, ORDINARY, {PLAIN, NARRATIVE, RESTRICTED}),
        (OPERATIONS, SECRET, set()),
        (CASEWORK, SECRET, set()),
        (SAFEGUARDING, SECRET, {PLAIN, NARRATIVE, RESTRICTED}),
        (OWN_WORKER, SECRET, {PLAIN, NARRATIVE, RESTRICTED}),
        (OPERATIONS, None, {PLAIN}),
        (CASEWORK, None, {PLAIN}),
        (SAFEGUARDING, None, {PLAIN, NARRATIVE, RESTRICTED}),
        (OWN_WORKER, None, set()),
    ],
)
def test_a_reader_reads_the_classes_that_they_may_and_of_a_restricted_family_only_who_is_named(
    reader: Reader, about: About | None, reads: set[Privacy]
):
    assert {privacy for privacy in Privacy if may_read(reader, privacy, about)} == reads
