"""What an endpoint answered over ``requests``, for callers of a library that keeps the answer to itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import HTTPAdapter

_ANSWERS: ContextVar[list[requests.Response] | None] = ContextVar("answers", default=None)


class _Hearing(HTTPAdapter):
    """Notes each answer where somebody listens; else it is requests' own."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        answer = super().build_response(req, resp)
        heard = _ANSWERS.get()
        if heard is not None:
            heard.append(answer)
        return answer


@contextmanager
def answers() -> Iterator[list[requests.Response]]:
    """The answers that come meanwhile to whoever asks in this context, or in a copy of it on another thread."""
    # Whoever calls ``requests.post`` can be given no session of ours, and a new one takes this class from its module.
    requests.sessions.HTTPAdapter = _Hearing  # type: ignore[attr-defined]
    heard: list[requests.Response] = []
    before = _ANSWERS.set(heard)
    try:
        yield heard
    finally:
        _ANSWERS.reset(before)
