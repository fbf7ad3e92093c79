"""HTTP as lean as it can be said, so that who measures takes little of the machine that they measure."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Connection:
    """One that is kept open, and asked one thing after the other."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        """Connect."""
        reader, writer = await asyncio.open_connection(host, port)
        return cls(reader, writer, f"{host}:{port}")

    async def ask(self, method: str, path: str, headers: dict[str, str], said: Any = None) -> Answer:
        """Send it, and wait for the answer."""
        body = b"" if said is None else json.dumps(said).encode()
        own = {"host": self.host, "content-length": str(len(body)), "content-type": "application/json"}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**own, **headers}.items())
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:"))
        return Answer(int(first.split()[1]), await self.reader.readexactly(length))

    def close(self) -> None:
        """Hang up."""
        self.writer.close()
