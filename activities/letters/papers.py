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

    def said(self, agreed: str, omitted: str) -> str:
        """A sentence for those that are shared, and one for those omitted, as far as there are any."""
        kinds = [document.kind for document in self.agreed]
        told = ((agreed, kinds), (omitted, self.omitted))
        return " ".join(_sentence(words, of) for words, of in told if of)


def document_words(kinds: Sequence[DocumentKind]) -> str:
    """The documents by name: ``plan and the assessment``."""
    return " and the ".join(DOCUMENT_WORDS[kind] for kind in kinds)


def _sentence(words: str, kinds: Sequence[DocumentKind]) -> str:
    several = len(kinds) > 1
    return words.format(
        documents=document_words(kinds),
        are="are" if several else "is",
        them="them" if several else "it",
        each="each " if several else "",
    )
