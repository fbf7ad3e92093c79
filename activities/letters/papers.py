"""The documents of a transfer, as letters speak of them: those that the family agreed to, and those omitted."""

from collections.abc import Sequence
from typing import Any

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
    left_out: tuple[DocumentKind, ...] = ()
    """Those to which the family did not agree as the basis (SD-10a)."""

    def said(self, agreed: str, left_out: str) -> str:
        """A sentence for those that the family agreed to, and one for those omitted, as far as there are any."""
        kinds = [document.kind for document in self.agreed]
        told = ((agreed, kinds), (left_out, self.left_out))
        return " ".join(_sentence(words, of) for words, of in told if of)


def of_one_document(said: Any) -> Any:
    """An order from when a transfer had one document, the assessment: what it said of it, as ``papers``.

    Such orders lie in histories, and an attempt of one may be still to come.
    """
    if not isinstance(said, dict) or not {"document", "document_shared"} & said.keys():
        return said
    document, shared = said.get("document"), said.get("document_shared", False)
    left_out = () if document or shared else (DocumentKind.ASSESSMENT,)
    rest = {name: value for name, value in said.items() if name not in {"document", "document_shared"}}
    return {"papers": {"agreed": (document,) if document else (), "left_out": left_out}, **rest}


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
