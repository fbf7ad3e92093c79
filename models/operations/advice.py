"""Advice about a family that nobody names: how often it was given, and nothing of the family (ER-08)."""

from enum import StrEnum
from typing import NamedTuple


class AdviceKind(StrEnum):
    """What the advice was about; a closed list, so that nothing of a family can be written."""

    HOW_TO_REQUEST = "how_to_request"
    FOR_ALL_FAMILIES = "for_all_families"
    KIND_OF_SERVICE = "kind_of_service"
    OWN_WORK = "own_work"
    DUTY_AND_ADVICE = "duty_and_advice"

    @property
    def words(self) -> str:
        """The kind as people say it."""
        return {
            "how_to_request": "how Early Help is asked for",
            "for_all_families": "what there is for all families",
            "kind_of_service": "which kind of service helps",
            "own_work": "how whoever asked goes on working with the family",
            "duty_and_advice": "to ring Duty and Advice",
        }[self.value]


class AdviceChannel(StrEnum):
    """How they asked."""

    LINE = "line"
    MAILBOX = "mailbox"
    IN_PERSON = "in_person"

    @property
    def words(self) -> str:
        """The channel as people say it."""
        return {"line": "by telephone", "mailbox": "by e-mail", "in_person": "in person"}[self.value]


class Advised(NamedTuple):
    """How often advice of one kind was given in one way."""

    kind: AdviceKind
    channel: AdviceChannel
    number: int
