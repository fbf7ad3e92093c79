"""Who may see and do what: who calls, the classes of what is sealed, and the one rule of what they see of a journey."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import Frozen, Role


class Privacy(StrEnum):
    """The class of what is sealed; it stands beside it in clear."""

    PLAIN = "plain"
    """References and states, nothing that a person said."""
    NARRATIVE = "narrative"
    """What people said and wrote."""
    RESTRICTED = "restricted"
    """Anything about a family of which only named people know."""


class Scope(StrEnum):
    """What a program may do for whoever is signed in there; what they may see is asked besides."""

    READ = "transfers:read"
    RECORD = "transfers:record"
    START = "transfers:start"
    READ_SERVICES = "services:read"
    WRITE_SERVICES = "services:write"
    READ_AUDIT = "audit:read"


class Caller(Frozen):
    """Somebody who is signed in."""

    who: str
    """By the reference under which transfers name them."""
    roles: frozenset[Role] = frozenset()
    """In which they may record something."""
    teams: frozenset[str] = frozenset()
    """Whose they are, by reference: teams, offices and services, or the Mosaic team of a service."""
    scopes: frozenset[Scope] = frozenset()
    everywhere: frozenset[Privacy] = frozenset()
    """The classes that they read of every journey; none but ``RESTRICTED`` opens a restricted family."""
    own: frozenset[Privacy] = frozenset()
    """The classes that they read of what is their teams' own."""

    @property
    def reads_own(self) -> bool:
        """Whether they see what is their teams' own, and what is agreed for their services."""
        return Privacy.NARRATIVE in self.own


class About(Frozen):
    """What the rule asks of a journey."""

    restricted: bool
    """Only named people may know of the family."""
    named: frozenset[str] = frozenset()
    """Who is responsible for it by name, and who stands in for them today, by reference."""
    teams: frozenset[str] = frozenset()
    """Whose it is, under every name by which a caller may belong there: a team, an office, or the service itself."""
    agreed: Mapping[str, frozenset[str]] = {}
    """The children whom a service may see, by each of its names: consent covers something of them for it (SD-09d)."""


class Part(StrEnum):
    """How much of a journey somebody sees."""

    EVERYTHING = "everything"
    WITHOUT_RESTRICTED = "without_restricted"
    """With what people said, without what is for few to read: who is who in the family, or has moved where."""
    WITHOUT_NARRATIVE = "without_narrative"
    """References and states, without what people said and wrote."""
    THESE_CHILDREN = "these_children"
    """What concerns these children alone."""
    NOTHING = "nothing"


CLASSES = {
    Part.EVERYTHING: frozenset(Privacy),
    Part.WITHOUT_RESTRICTED: frozenset({Privacy.PLAIN, Privacy.NARRATIVE}),
    Part.WITHOUT_NARRATIVE: frozenset({Privacy.PLAIN}),
}
"""What is read where it is one for all children of a journey; of the other parts nothing is."""


class View(Frozen):
    """What a caller sees of a journey."""

    part: Part
    children: frozenset[str] = frozenset()
    """By reference, where it is theirs alone."""
    is_theirs: bool = False
    """They are responsible for it, or their team is; whoever only reads it records nothing in its place."""

    def reads(self, privacy: Privacy) -> bool:
        """Whether they read what is of this class, and about the whole family."""
        return privacy in CLASSES.get(self.part, ())


EVERYTHING = frozenset(Privacy)
NOTHING, WITHOUT_NARRATIVE = View(part=Part.NOTHING), View(part=Part.WITHOUT_NARRATIVE)
OF_NO_FAMILY = About(restricted=False)
"""What runs for no family, as the report to managers does."""


def view(caller: Caller, about: About | None) -> View:
    """What the caller sees of a journey; ``about`` is None for what the register does not know.

    Who is responsible for a family sees all of it. Of a restricted family nobody else sees anything, unless they read
    what is restricted; and as long as it is not known whether a family is restricted, it is taken for so. The first
    row that holds counts, and where none does, nothing is seen.
    """
    theirs = is_theirs(caller, about)
    if about is not None and caller.who in about.named:
        return View(part=Part.EVERYTHING, is_theirs=theirs)
    if Privacy.RESTRICTED in caller.everywhere:
        return View(part=Part.EVERYTHING, is_theirs=theirs)
    if about is None or about.restricted:
        return NOTHING
    if Privacy.NARRATIVE in caller.everywhere or theirs:
        return View(part=Part.WITHOUT_RESTRICTED, is_theirs=theirs)
    if Privacy.PLAIN in caller.everywhere:
        return WITHOUT_NARRATIVE
    children = frozenset[str]().union(*(about.agreed.get(team, ()) for team in caller.teams))
    return View(part=Part.THESE_CHILDREN, children=children) if children and caller.reads_own else NOTHING


def is_theirs(caller: Caller, about: About | None) -> bool:
    """Whether they are responsible for it; or their team is, and the family is not restricted."""
    if about is None:
        return False
    of_their_team = caller.reads_own and not about.restricted and bool(about.teams & caller.teams)
    return caller.who in about.named or of_their_team


def may_read(caller: Caller, privacy: Privacy, about: About | None) -> bool:
    """Whether the caller may read a payload of this class, which is one for all children of a journey."""
    return view(caller, about).reads(privacy)
