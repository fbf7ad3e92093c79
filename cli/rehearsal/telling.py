"""What the demo tells: one case in full, a line for each of the others, and the verdict last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from cli.clocks import clock_lines
from cli.rehearsal.demo import Played, PlayedFile
from cli.rehearsal.expectation import ExpectedMail
from models.clock_words import RUNG_WORDS
from models.kinds import RESPONSES


@dataclass
class Story:
    """What happens in a case: told while it happens, or kept for the case that it does not go as it should."""

    title: str
    in_full: bool
    out: Console
    said: list[str] = field(default_factory=list)
    _live: Live | None = None

    def __enter__(self) -> Self:
        """Begin; in a terminal, what is not told in full moves in one place and is gone at the end."""
        if self.in_full:
            self.out.print(Text(self.title, style="bold"))
        elif self.out.is_terminal:
            self._live = Live(Text(self.title, style="bold"), console=self.out, transient=True)
            self._live.start()
        return self

    def say(self, words: str) -> None:
        """Tell what happens now."""
        self.said.append(words)
        if self.in_full:
            self.out.print(Text(f"  {words}"))
        elif self._live is not None:
            self._live.update(Text.assemble((self.title, "bold"), "\n  ", words))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End; nothing moves any more."""
        if self._live is not None:
            self._live.stop()

    def ending(self, file: PlayedFile) -> RenderableType:
        """How it ended: in full where it was told so or does not go as its file says, else in a line for each case."""
        if len(file.cases) > 1:
            return Group(*self._of_several(file))
        [played] = file.cases
        if self.in_full:
            return Group(*in_full(played), Text(""))
        if not file.differences:
            return Text(f"{self.title}: {played.ended.rstrip('.')}. As its file says.")
        return Group(*self._happened(), *in_full(played), *_beyond(file), Text(""))

    def _of_several(self, file: PlayedFile) -> Iterator[RenderableType]:
        if file.differences and not self.in_full:
            yield from self._happened()
        elif not self.in_full:
            yield Text(self.title)
        for number, played in enumerate(file.cases, start=1):
            as_said = "NO, not as its file says" if played.differences else "As its file says"
            ended = f"  {number}: {played.case.title}: {played.ended.rstrip('.')}. {as_said}."
            yield Text(ended, style="bold red" if played.differences else "")
            if played.differences:
                yield from in_full(played)
        yield from _beyond(file)

    def _happened(self) -> Iterator[Text]:
        yield Text(self.title, style="bold red")
        yield from (Text(f"  {words}") for words in self.said)


def in_full(played: Played) -> Iterator[RenderableType]:
    """Everything about a case that was played: how it ended, what the others hold, what needed a person, due dates."""
    yield Text(f"  How it ended: {played.ended}")
    yield from _listed("Mosaic holds", _mosaic_lines(played))
    yield from _listed("The mailbox holds", _mail_lines(played))
    yield from _listed("What needed attention", played.attention)
    if played.case.expect.clocks:
        yield Text("  Due dates:")
        for kept in played.books.clocks:
            if kept.certificate.kind in RESPONSES:
                yield from clock_lines(kept)
    if not played.differences:
        yield Text("  As its file says: yes", style="green")
    for difference in played.differences:
        yield Text(f"  As its file says: NO: {difference}", style="bold red")


def _listed(heading: str, lines: Sequence[str]) -> Iterator[Text]:
    if lines:
        yield Text(f"  {heading}:")
        yield from (Text(f"  - {line}") for line in lines)


def _beyond(file: PlayedFile) -> Iterator[Text]:
    yield from (Text(f"  As its file says: NO: {difference}", style="bold red") for difference in file.beyond)


def _mosaic_lines(played: Played) -> list[str]:
    children = [f"{child}: {' + '.join(actions) or 'open'}" for child, actions in played.books.children.items()]
    shared = [f"{s.document} version {s.version} open to {s.team}" for s in played.books.shared]
    contact = [f"{child}: Early Help Contact: {' | '.join(entries)}" for child, entries in played.books.contact.items()]
    return [played.case.as_written(line) for line in children + shared + contact]


def _mail_lines(played: Played) -> list[str]:
    alerts = [f"{RUNG_WORDS[alert.what]} → {alert.to}" for alert in played.books.alerts]
    return [*map(_mail_words, played.books.mail), *alerts] or ["nothing"]


def _mail_words(mail: ExpectedMail) -> str:
    attached = f" (with {', '.join(mail.attachments)})" if mail.attachments else ""
    return f"{mail.subject} → {mail.to}{attached}"


def verdict(played: Sequence[PlayedFile], *, in_trial: bool = False) -> Text:
    """Whether every case went as its file says, and which did not."""
    wrong = [f"{one.title} ({one.id})" for one in played if one.differences]
    if wrong:
        return Text(f"NO: {len(wrong)} of {len(played)} did not go as the file says: {'; '.join(wrong)}.", "bold red")
    went = "The case went as its file says" if len(played) == 1 else f"All {len(played)} cases went as their files say"
    where = "The Temporal UI" if in_trial else "`make up` (or `transfers up`)"
    return Text(f"{went}. {where} shows their histories{'' if in_trial else ' in the Temporal UI'}.", "bold green")
