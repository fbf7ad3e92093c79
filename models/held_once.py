"""Values that nearly all transfers hold alike, held once in a process."""

import hashlib
from typing import Annotated, TypeVar
from weakref import WeakValueDictionary

from pydantic import AfterValidator

from models.vocabulary import Frozen

T = TypeVar("T", bound=Frozen)

_HELD: WeakValueDictionary[tuple[type[Frozen], bytes], Frozen] = WeakValueDictionary()
"""By kind and content, while anybody holds them."""


def held_once(value: T) -> T:
    """The value that is held already and says the same; this one, where there is none.

    A policy takes 90 KiB. Nobody can tell two of them apart, as values never change: what a workflow does cannot
    depend on which one it has.
    """
    content = hashlib.sha256(value.model_dump_json().encode()).digest()
    held = _HELD.setdefault((type(value), content), value)
    return held if isinstance(held, type(value)) else value


HeldOnce = Annotated[T, AfterValidator(held_once)]
"""A value of which a process holds one, however many transfers have it."""
