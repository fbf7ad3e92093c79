"""Mosaic over HTTP, by our own contract (``simulators/mosaic/openapi.json``)."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_settings import SettingsConfigDict

from adapters.retry_after import retry_after
from adapters.settings import Settings, WebAddress
from models.census import ClosureReason
from models.errors import LastingError, NothingHappenedError, PassingError
from models.mosaic import ChildRecord, ClosingStep, Completion, EarlyHelpEntry, EarlyHelpWorkflow, NextAction
from models.vocabulary import Ref, Shown
from models.ways import REFUSALS, System

A = TypeVar("A")

ENDED = frozenset({"Completed", "Cancelled"})
"""How a workflow step stands that is not open any more."""

LOOK_AGAIN = frozenset({"stale_version", "already_completed", "rate_limited", "unavailable"})
"""Problems that the next attempt settles, because it looks first."""


class MosaicSettings(Settings):
    """Where Mosaic answers."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_MOSAIC_")

    url: WebAddress
    """Where Mosaic answers by our contract; in production over HTTPS, unless on this machine."""
    timeout: Annotated[float, Field(gt=0)] = 2.5
    """How long Mosaic may be silent in one call; four calls of an effect fit into one attempt."""


def http_client(settings: MosaicSettings) -> httpx.Client:
    """The connection to Mosaic; to be closed by its maker."""
    return httpx.Client(base_url=settings.url, timeout=httpx.Timeout(settings.timeout, connect=0.5, pool=0.2))


class _Answer(BaseModel):
    """What we read of an answer; what Mosaic adds later is passed over."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Person(_Answer):
    name: Shown


class _Share(_Answer):
    version: int
    team: str


class _Document(_Answer):
    latest: int


class _Version(_Answer):
    ref: str
    version: int
    text: str


class _Action(_Answer):
    type: str
    assigned_to: str | None


class _Completion(_Answer):
    reference: str | None
    completed_at: AwareDatetime
    next_actions: tuple[_Action, ...]
    closure_reason: ClosureReason | None = None


class _Step(_Answer):
    id: Ref
    version: int
    status: str
    completion: _Completion | None


class _Entry(_Answer):
    reference: str


class _Opened(_Answer):
    id: Ref
    status: str


class _EarlyHelp(_Answer):
    step: _Opened
    entries: tuple[_Entry, ...]


_SHARES = TypeAdapter(tuple[_Share, ...])
_STEPS = TypeAdapter(tuple[_Step, ...])
_PERSON, _SHARED, _COMPLETED = TypeAdapter(_Person), TypeAdapter(_Share), TypeAdapter(_Step)
_EARLY_HELP, _WRITTEN = TypeAdapter(tuple[_EarlyHelp, ...]), TypeAdapter(_Opened)
_DOCUMENT = TypeAdapter(_Document)
_VERSION = TypeAdapter(_Version)
_RECORD = TypeAdapter(ChildRecord)


@dataclass(frozen=True)
class HttpMosaic:
    """Mosaic, as ``activities.ports.CaseManagement`` needs it."""

    client: httpx.Client

    def person_name(self, ref: str) -> str:
        """See ``CaseManagement``."""
        return self._call(_PERSON, "GET", f"/persons/{ref}").name

    def knows_person(self, ref: str) -> bool:
        """Whether Mosaic holds the person."""
        try:
            self.person_name(ref)
        except LastingError as error:
            if error.problem == "not_found":
                return False
            raise
        return True

    def child_record(self, ref: str) -> ChildRecord:
        """See ``CaseManagement``. What Mosaic omits it does not say."""
        return self._call(_RECORD, "GET", f"/persons/{ref}/record")

    def is_shared(self, document: str, version: int, team: str) -> bool:
        """See ``CaseManagement``."""
        shares = self._call(_SHARES, "GET", f"/documents/{document}/shares")
        return any((share.version, share.team) == (version, team) for share in shares)

    def share(self, document: str, version: int, team: str, reference: str) -> None:
        """See ``CaseManagement``."""
        body = {"version": version, "team": team, "reference": reference}
        self._call(_SHARED, "POST", f"/documents/{document}/shares", body)

    def newest_version(self, document: str) -> int:
        """See ``CaseManagement``."""
        return self._call(_DOCUMENT, "GET", f"/documents/{document}").latest

    def document_text(self, ref: str, version: int) -> str:
        """See ``CaseManagement``."""
        answer = self._call(_VERSION, "GET", f"/documents/{ref}/versions/{version}")
        if (answer.ref, answer.version) != (ref, version):
            raise PassingError("Mosaic answered with another document than it was asked for")
        return answer.text

    def closing_step(self, child: str, step_type: str) -> ClosingStep:
        """See ``CaseManagement``."""
        steps = self._call(_STEPS, "GET", f"/persons/{child}/workflow-steps", params={"type": step_type})
        if not steps:
            raise LastingError("not_found", "the child has no closing step", "It shows no closing step for the child.")
        newest = steps[-1]
        if newest.status == "Cancelled":
            raise LastingError("step_cancelled", f"step {newest.id} is cancelled", f"It is step {newest.id}.")
        done = newest.completion if newest.status == "Completed" else None
        return ClosingStep(newest.id, newest.version, _completion(done))

    def complete(
        self, step: ClosingStep, reference: str, next_actions: tuple[NextAction, ...], closure_reason: ClosureReason
    ) -> None:
        """See ``CaseManagement``."""
        actions = [{"type": action.type, "assigned_to": action.assigned_to} for action in next_actions]
        body = {
            "reference": reference,
            "version": step.version,
            "next_actions": actions,
            "closure_reason": closure_reason,
        }
        try:
            self._call(_COMPLETED, "POST", f"/workflow-steps/{step.id}/completion", body)
        except LastingError as error:
            raise LastingError(error.problem, str(error), f"The closing step is {step.id}.") from error

    def early_help(self, child: str) -> tuple[EarlyHelpWorkflow, ...]:
        """See ``CaseManagement``."""
        found = self._call(_EARLY_HELP, "GET", f"/persons/{child}/early-help")
        return tuple(
            EarlyHelpWorkflow(
                id=one.step.id,
                open=one.step.status not in ENDED,
                references=frozenset(entry.reference for entry in one.entries),
            )
            for one in found
        )

    def start_contact(self, child: str, team: str, entry: EarlyHelpEntry, reference: str) -> None:
        """See ``CaseManagement``."""
        self._call(_WRITTEN, "POST", f"/persons/{child}/early-help-contacts", _written(entry, team, reference))

    def add_entry(self, workflow: str, team: str, entry: EarlyHelpEntry, reference: str) -> None:
        """See ``CaseManagement``."""
        self._call(_WRITTEN, "POST", f"/workflow-steps/{workflow}/entries", _written(entry, team, reference))

    def _call(self, kind: TypeAdapter[A], method: str, path: str, body: Any = None, params: Any = None) -> A:
        try:
            response = self.client.request(method, path, json=body, params=params)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NothingHappenedError("Mosaic cannot be reached") from error
        except httpx.HTTPError as error:
            raise PassingError("Mosaic did not answer") from error
        if not response.is_success:
            raise _problem(response)
        try:
            return kind.validate_json(response.content, extra="ignore")
        except ValidationError as error:
            raise PassingError(f"Mosaic's answer {response.status_code} cannot be understood") from error


def _written(entry: EarlyHelpEntry, team: str, reference: str) -> dict[str, Any]:
    return {"reference": reference, "team": team, **entry.model_dump()}


def _completion(said: _Completion | None) -> Completion | None:
    if said is None:
        return None
    actions = tuple(NextAction(type=action.type, assigned_to=action.assigned_to) for action in said.next_actions)
    return Completion(said.reference, actions, said.completed_at, said.closure_reason)


class _Problem(_Answer):
    type: Shown


def _problem(response: httpx.Response) -> Exception:
    """The typed error of an answer that is not a success."""
    try:
        code = _Problem.model_validate_json(response.content).type
    except ValidationError:
        code = ""
    text = f"Mosaic answered {response.status_code} {code}".strip()
    elsewhere = response.status_code < 400
    if elsewhere or response.status_code >= 500 or response.status_code == 429 or code in LOOK_AGAIN:
        return PassingError(text, retry_after(response.headers.get("Retry-After")))
    return LastingError(code if code in REFUSALS[System.MOSAIC] else "invalid_request", text)
