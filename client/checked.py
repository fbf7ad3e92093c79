"""What stands in a file or a message, checked so that what is wrong is said in a sentence; it knows no journey."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from client.errors import InputError
from models.wrong_input import flaws

M = TypeVar("M", bound=BaseModel)


def checked(kind: type[M], content: object, place: str = "") -> M:
    """The content, which stands at this place of a file, as a message of this kind.

    Raises:
        InputError: with every field that is wrong, and its rule.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InputError(*(flaw.under(place) for flaw in flaws(error, content))) from None
