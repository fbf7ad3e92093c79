"""The rooms of the mailbox: a noticeboard that stands for the chat rooms in which alerts are told."""

import re
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Annotated

from fastapi import Path as InPath
from pydantic import AwareDatetime, BaseModel, Field

from simulators.faults import Aim, Blow, Fault, Script
from simulators.mailbox.store import write_whole

ROOM = r"^[a-z0-9][a-z0-9-]{0,39}$"
PLACE = "room"
NOTICE_ID = re.compile(r"\d{6,}")

RoomName = Annotated[str, InPath(pattern=ROOM)]


class Notice(BaseModel):
    """What is said in a room, as the ``json://`` channel of apprise sends it; the rest of what it sends is left."""

    title: str
    message: str
    type: str


class Said(Notice):
    """What was said in a room, and when it was taken."""

    id: str
    room: str
    received_at: AwareDatetime


class RoomBlow(Blow):
    """What a call to say something suffers; an error answers `status`."""

    status: int = Field(default=503, ge=400, le=599)

    @property
    def refusal(self) -> str:
        """The status of the answer."""
        return str(self.status)


class RoomAim(Aim):
    """What is said in a room; `target` is its name."""

    @property
    def place(self) -> str:
        """All rooms are one place."""
        return PLACE


class RoomFault(RoomBlow, RoomAim, Fault):
    """A fault that strikes what is said in a room."""


class RoomScript(RoomAim, Script[RoomBlow]):
    """What the next notices suffer."""


class RoomStore:
    """Keeps what is said over a restart; what `store` returned is on disk."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which is made when something is said first."""
        self._folder = folder
        self._lock = Lock()

    def store(self, room: str, notice: Notice) -> Said:
        """Write what is said in the room, whole or not at all."""
        folder = self._folder / room
        with self._lock:
            folder.mkdir(parents=True, exist_ok=True)
            id_ = f"{max((int(path.stem) for path in self._paths(room)), default=0) + 1:06d}"
            said = Said(**notice.model_dump(), id=id_, room=room, received_at=datetime.now(UTC))
            write_whole(folder / f"{id_}.json", said.model_dump_json().encode())
        return said

    def rooms(self) -> list[str]:
        """The rooms in which something was said."""
        return sorted(path.name for path in self._folder.glob("*") if re.match(ROOM, path.name))

    def said_in(self, room: str) -> list[Said]:
        """What was said in the room, oldest first."""
        return [Said.model_validate_json(path.read_bytes()) for path in self._paths(room)]

    def _paths(self, room: str) -> list[Path]:
        paths = (path for path in (self._folder / room).glob("*.json") if NOTICE_ID.fullmatch(path.stem))
        return sorted(paths, key=lambda path: int(path.stem))
