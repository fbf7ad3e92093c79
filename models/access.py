"""Who may read what about a transfer: the classes of what is sealed, and the rule that every reader goes by."""

from enum import StrEnum

from models.vocabulary import Frozen


class Privacy(StrEnum):
    """The class of what is sealed; it stands beside it in clear."""

    PLAIN = "plain"
    """References and states, nothing that a person said."""
    NARRATIVE = "narrative"
    """What people said and wrote."""
    RESTRICTED = "restricted"
    """Anything about a family of which only named people know."""


class Reader(Frozen):
    """Somebody who is signed in, and the classes that they may read."""

    who: str
    reads: frozenset[Privacy]


class About(Frozen):
    """What the rule asks of a transfer."""

    restricted: bool
    named: frozenset[str]
    """Those who are responsible for it, by reference."""


EVERYTHING = frozenset(Privacy)


def may_read(reader: Reader, privacy: Privacy, about: About | None) -> bool:
    """Whether the reader may read this of a transfer; ``about`` is None for what the register does not know.

    Who is responsible for a family reads all about it. Of a restricted family nobody else reads anything, unless they
    read what is restricted; and as long as it is not known whether a family is restricted, it is taken for so.
    """
    if about is not None and reader.who in about.named:
        return True
    open_to_all = privacy is Privacy.PLAIN if about is None else not about.restricted
    return (privacy if open_to_all else Privacy.RESTRICTED) in reader.reads
