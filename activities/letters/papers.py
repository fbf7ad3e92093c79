"""The documents of a transfer, as letters speak of them: those that are shared, and those that are not."""

from collections.abc import Sequence

from models.step_down.start import DocumentKind
from models.vocabulary import Frozen

DOCUMENT_WORDS = {DocumentKind.ASSESSMENT: "assessment", DocumentKind.PLAN: "plan"}
"""What a document is called among professionals."""


class PackDocument(Frozen):
    """A document as it is sent: in the version that the family saw."""

    kind: DocumentKind
    ref: str
    version: int


class Papers(Frozen):
    """The documents of a transfer."""

    agreed: tuple[PackDocument, ...] = ()
    omitted: tuple[DocumentKind, ...] = ()
    """Not agreed as the basis (SD-10a), or not to be shared for each child who is still in them (SD-09d)."""

    of_others: tuple[DocumentKind, ...] = ()
    """They tell of children whom somebody else takes over (SD-38)."""

    def said(self, agreed: str, omitted: str, of_others: str = "") -> str:
        """A sentence for those that are shared, and one for each reason why others are not, as far as there are any."""
        kinds = [document.kind for document in self.agreed]
        told = ((agreed, kinds), (of_others, self.of_others), (omitted, self.omitted))
        return " ".join(_sentence(words, of) for words, of in told if of)

    @property
    def names(self) -> tuple[str, ...]:
        """What the file of each is called; of several of a kind, with a number."""
        kinds = [document.kind for document in self.agreed]
        places = (kinds[: place + 1].count(kind) for place, kind in enumerate(kinds))
        numbers = (f"-{place}" if kinds.count(kind) > 1 else "" for place, kind in zip(places, kinds, strict=True))
        return tuple(
            f"{one.kind.replace('_', '-')}{number}-version-{one.version}.txt"
            for one, number in zip(self.agreed, numbers, strict=True)
        )


def document_words(kinds: Sequence[DocumentKind]) -> str:
    """The documents by name: ``plan and the assessments``."""
    several = {kind: "s" if kinds.count(kind) > 1 else "" for kind in dict.fromkeys(kinds)}
    return " and the ".join(f"{DOCUMENT_WORDS[kind]}{plural}" for kind, plural in several.items())


def _sentence(words: str, kinds: Sequence[DocumentKind]) -> str:
    several = len(kinds) > 1
    return words.format(
        documents=document_words(kinds),
        are="are" if several else "is",
        them="them" if several else "it",
        each="each " if several else "",
        they_tell="they tell" if several else "it tells",
    )
