"""Newer versions: what is sent is what the family saw, and somebody is told where Mosaic holds a newer one (SD-11)."""

from collections.abc import Mapping

from activities.ports import CaseManagement
from models.effects import EffectResult, Ended
from models.errors import LastingError


def seen_beside(result: EffectResult, mosaic: CaseManagement, sent: Mapping[str, int]) -> EffectResult:
    """The result of sending these versions, with the documents of which Mosaic holds a newer one by now."""
    if result.ended is Ended.STOPPED:
        return result
    newer = {ref: newest for ref, version in sent.items() if (newest := _newest(mosaic, ref)) > version}
    return result.model_copy(update={"newer": newer})


def _newest(mosaic: CaseManagement, document: str) -> int:
    """The newest version; 0 where Mosaic will not say, as the sending itself is done."""
    try:
        return mosaic.newest_version(document)
    except LastingError:
        return 0
