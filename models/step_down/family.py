"""The people of a family: who they are to each child, how they may be reached, and what is known of the children.

All of it is restricted: it says where people are, and what courts have ordered.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError, model_validator

from models.vocabulary import EmailAddress, Frozen, Listed, Narrative, NonEmpty, Ref

MOST_CHARACTERS = 150_000
"""Of one family's record: a transfer keeps each that was recorded."""

OF_AGE = 18
"""Years."""
NOT_BORN_YET = (
    "This day of birth had not come when it was recorded: put it right; of a child who is not born yet, say when it is "
    "expected."
)


class Responsibility(StrEnum):
    """How somebody holds parental responsibility for a child, or that they do not (SD-09c)."""

    BIRTH = "birth"
    ORDER = "order"
    ADOPTION = "adoption"
    SPECIAL_GUARDIAN = "special_guardian"
    NONE = "none"
    FORBIDDEN_BY_ORDER = "forbidden_by_order"
    """They hold it, and an order forbids that they use it in this."""

    @property
    def counts(self) -> bool:
        """Whether their word on consent is one that counts, as far as they alone are looked at."""
        return self not in {Responsibility.NONE, Responsibility.FORBIDDEN_BY_ORDER}


class Relation(Frozen):
    """Who somebody is to one child."""

    child: Ref
    relation: Narrative
    """In words, such as: mother."""
    parental_responsibility: Responsibility
    lives_with: bool
    """The child lives with them."""


class Channel(StrEnum):
    """How somebody may be written to."""

    EMAIL = "email"
    POST = "post"
    BY_HAND = "by_hand"

    @property
    def words(self) -> str:
        """The way as people say it."""
        return {"email": "by e-mail", "post": "by post", "by_hand": "by hand"}[self.value]


_EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)


def is_email(address: str) -> bool:
    """Whether it can be an e-mail address."""
    try:
        _EMAIL.validate_python(address)
    except ValidationError:
        return False
    return True


class WayToReach(Frozen):
    """A way to reach somebody that is safe for them."""

    by: Channel
    to: Narrative
    """The address; by hand, where and by whom."""
    safe_times: Narrative | None = None

    @model_validator(mode="after")
    def _an_address(self) -> "WayToReach":
        if self.by is Channel.EMAIL and not is_email(self.to):
            raise ValueError("to: this is no e-mail address")
        return self


class SafeContact(Frozen):
    """How somebody may be reached, and what stands against it."""

    ways: Listed[WayToReach] = ()
    """Those that are safe, the best first."""
    unsafe_because: Narrative | None = None
    order: Narrative | None = None
    """What an order says that limits contact or knowledge."""
    whereabouts_hidden: bool = False
    """They must not learn where the children are."""

    @property
    def ask_first(self) -> bool:
        """Nobody reaches them, in whichever way is recorded, before they have asked the social worker."""
        return bool(self.unsafe_because or self.order or self.whereabouts_hidden)


class FamilyMember(Frozen):
    """Somebody of the family, or who cares for a child."""

    ref: Ref
    called: Narrative
    """What people call them."""
    born_on: date | None = None
    """Of who is, or may be, under 18: their own competence is asked then (SD-09c)."""
    is_child: Ref | None = None
    """They are this child of the transfer, who is reached, and written to, as themselves (SD-09b)."""
    relations: NonEmpty[Relation]
    contact: SafeContact = SafeContact()
    not_to_know: Narrative | None = None
    """What they must not be told."""

    @model_validator(mode="after")
    def _each_child_once(self) -> "FamilyMember":
        _once("relations", "this person is related to each child once", (one.child for one in self.relations))
        if self.is_child is not None and self.to(self.is_child) is None:
            raise ValueError("is_child: a person who is that child is related to the child as: himself, herself")
        return self

    @property
    def home(self) -> frozenset[str]:
        """The children who live with them, by reference."""
        return frozenset(relation.child for relation in self.relations if relation.lives_with)

    @property
    def something_against(self) -> bool:
        """They are unsafe to contact, under an order, or must not know something."""
        contact = self.contact
        return bool(contact.unsafe_because or contact.order or contact.whereabouts_hidden or self.not_to_know)

    @property
    def forbidden(self) -> bool:
        """An order forbids that they use their responsibility for a child."""
        return any(one.parental_responsibility is Responsibility.FORBIDDEN_BY_ORDER for one in self.relations)

    def is_under_18_on(self, day: date) -> bool:
        """Whether they are recorded as still a child themselves."""
        return self.born_on is not None and age_on(self.born_on, day) < OF_AGE

    def to(self, child: str) -> Relation | None:
        """Who they are to the child; None where they are nobody to it."""
        return next((relation for relation in self.relations if relation.child == child), None)


def age_on(born: date, day: date) -> int:
    """In whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class ChildOfFamily(Frozen):
    """What is known of one child."""

    ref: Ref
    born_on: date | None = None
    expected_on: date | None = None
    """The child is not born yet."""
    birth_unknown_because: Narrative | None = None
    legal_status: Narrative | None = None
    not_to_repeat: Narrative | None = None
    """Which of the child's words must not be repeated, and to whom (SD-30a)."""
    disputed: bool = False
    """Somebody says that the date of birth is another one."""

    @model_validator(mode="after")
    def _one_date(self) -> "ChildOfFamily":
        said = (self.born_on, self.expected_on, self.birth_unknown_because)
        if sum(one is not None for one in said) != 1:
            raise ValueError(
                "born_on: say when the child was born, or is expected, or why that is not known (SD-09b, SD-09c)"
            )
        return self

    def age_on(self, day: date) -> int | None:
        """In whole years; None where it is not known, or the child is not born."""
        return None if self.born_on is None else age_on(self.born_on, day)


class Family(Frozen):
    """The people of the family, and the children of the transfer, as they were recorded together."""

    people: NonEmpty[FamilyMember]
    children: NonEmpty[ChildOfFamily]
    risks_to_workers: Narrative | None = None
    """What whoever visits the home must know first (SD-30a)."""

    @model_validator(mode="after")
    def _named_once(self) -> "Family":
        _once("people", "each person is named once", (person.ref for person in self.people))
        _once("children", "each child is named once", (child.ref for child in self.children))
        _once("people", "a child is one person", (person.is_child for person in self.people if person.is_child))
        known = {child.ref for child in self.children}
        if any(relation.child not in known for person in self.people for relation in person.relations):
            raise ValueError("people: everybody is related to children who are named here, and to no other")
        return self

    @model_validator(mode="after")
    def _before_birth_the_mother_alone(self) -> "Family":
        unborn = {child.ref for child in self.children if child.expected_on is not None}
        if any(len(self.holders(ref)) > 1 for ref in unborn):
            raise ValueError(
                "people: before a child is born the mother consents for herself, and nobody else holds parental "
                "responsibility yet (SD-09c)"
            )
        return self

    @model_validator(mode="after")
    def _is_short(self) -> "Family":
        if len(self.model_dump_json()) > MOST_CHARACTERS:
            raise ValueError(f"people: this is more text than a family's record takes, {MOST_CHARACTERS} characters")
        return self

    def born_after(self, day: date) -> str | None:
        """SD-09b: the first day of birth that had not come on this day, as its field is named; None where none is."""
        of_child = (("children", place, child.born_on) for place, child in enumerate(self.children))
        of_person = (("people", place, person.born_on) for place, person in enumerate(self.people))
        said = (*of_child, *of_person)
        return next((f"{of}.{place}.born_on" for of, place, born in said if born is not None and born > day), None)

    def person(self, ref: str) -> FamilyMember | None:
        """Somebody by reference; None where nobody of this reference was recorded."""
        return next((person for person in self.people if person.ref == ref), None)

    def child(self, ref: str) -> ChildOfFamily | None:
        """What is known of the child; None where nothing was recorded."""
        return next((child for child in self.children if child.ref == ref), None)

    def people_of(self, child: str) -> tuple[FamilyMember, ...]:
        """Everybody who is somebody to the child."""
        return tuple(person for person in self.people if person.to(child) is not None)

    def holders(self, child: str) -> tuple[FamilyMember, ...]:
        """SD-09c: whose word counts for the child; where there is a special guardian, theirs and no parent's."""
        held = {person.ref: relation.parental_responsibility for person, relation in self._related(child)}
        guarded = Responsibility.SPECIAL_GUARDIAN in held.values()
        counts = {ref for ref, by in held.items() if (by is Responsibility.SPECIAL_GUARDIAN if guarded else by.counts)}
        return tuple(person for person in self.people if person.ref in counts)

    def _related(self, child: str) -> Iterable[tuple[FamilyMember, Relation]]:
        return ((person, relation) for person in self.people if (relation := person.to(child)) is not None)


def _once(name: str, words: str, refs: Iterable[str]) -> None:
    if any(times > 1 for times in Counter(refs).values()):
        raise ValueError(f"{name}: {words}")
