"""The addresses of journeys: alike for every kind."""

from typing import Annotated

from fastapi import APIRouter, Path

from client.journeys import Kind
from models.vocabulary import REF_PATTERN

Id = Annotated[str, Path(pattern=REF_PATTERN, description="The journey, by its id.")]


def home(kind: Kind) -> str:
    """Where the journeys of this kind are."""
    return f"/v1/{kind.path}"


def address(kind: Kind, journey_id: str) -> str:
    """Where one of them is."""
    return f"{home(kind)}/{journey_id}"


def router_of(kind: Kind) -> APIRouter:
    """What routes of this kind are added to."""
    return APIRouter(prefix=home(kind), tags=[kind.name.words])
