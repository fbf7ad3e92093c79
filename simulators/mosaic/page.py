"""What Mosaic holds, on a page for people: each child with its steps, the newest family first."""

from collections.abc import Iterator
from html import escape

from simulators.mosaic.staging import BooksView, PersonEntry, StepEntry
from simulators.page import PAGE, table

COLUMNS = ("Child", "Reference", "Step", "State", "Followed by")


def books_page(books: BooksView) -> str:
    """Everything that is in the books, for the people of a rehearsal."""
    rows = [row for person in reversed(books.persons) for row in _rows(person, books.steps)]
    content = table(COLUMNS, rows) if rows else "<p>No families yet.</p>"
    return PAGE.format(title="Mosaic (rehearsal)", content=content)


def _rows(person: PersonEntry, steps: list[StepEntry]) -> Iterator[str]:
    who = (person.name + (" (restricted)" if person.restricted else ""), person.ref)
    own = [step for step in steps if step.person_ref == person.ref]
    for step in own:
        yield _row(*who, step.type, _state(step), _followed_by(step))
    if not own:
        yield _row(*who, "", "", "")


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _state(step: StepEntry) -> str:
    assigned = f", with {step.assigned_to}" if step.assigned_to else ""
    return f"{step.status}{', locked' if step.locked else ''}{assigned}"


def _followed_by(step: StepEntry) -> str:
    if step.completion is None:
        return ""
    actions = (
        f"{one.type}{f', to {one.assigned_to}' if one.assigned_to else ''}" for one in step.completion.next_actions
    )
    return "; ".join(actions)
