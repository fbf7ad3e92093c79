"""What keeps people safe, for whoever takes over (SD-30a): who is unsafe to contact, orders, safe ways and times.

What is not recorded is said to be that; nowhere is it said that there is no risk.
"""

from collections.abc import Iterator, Mapping, Sequence

from models.step_down.family import FamilyMember, Responsibility, WayToReach

NOTHING = (
    "Nothing is recorded of who is safe to contact. That does not mean that everybody is: ask the social worker before "
    "you write or ring."
)
NO_MORE = "Nothing stands here against contact. That does not mean that there is nothing: ask the social worker."
NO_WAY = "No safe way to reach them is recorded. Ask the social worker before you write or ring."


def said_of(people: Sequence[FamilyMember], names: Mapping[str, str]) -> str:
    """What is recorded of everybody who is somebody to these children, who are given by reference and name."""
    return "\n\n".join(_person(person, names) for person in people) or NOTHING


def _person(person: FamilyMember, names: Mapping[str, str]) -> str:
    to = [f"{one.relation} of {names[one.child]}" for one in person.relations if one.child in names]
    return "\n".join([f"{person.called} ({', '.join(to)})", *(f"- {line}" for line in _lines(person, names))])


def _lines(person: FamilyMember, names: Mapping[str, str]) -> Iterator[str]:
    against = [*_against(person, names)]
    yield from against or (NO_MORE,)
    ways = "; ".join(map(_way, person.contact.ways))
    yield f"Safe ways to reach them: {ways}" if ways else NO_WAY


def _against(person: FamilyMember, names: Mapping[str, str]) -> Iterator[str]:
    contact = person.contact
    if contact.unsafe_because:
        yield f"Unsafe to contact: {contact.unsafe_because}"
    if contact.order:
        yield f"An order limits contact or knowledge: {contact.order}"
    for one in person.relations:
        if one.child in names and one.parental_responsibility is Responsibility.FORBIDDEN_BY_ORDER:
            yield f"An order forbids that they use their responsibility for {names[one.child]}"
    if contact.whereabouts_hidden:
        yield "Must not learn where the children are"
    if person.not_to_know:
        yield f"Must not be told: {person.not_to_know}"


def _way(way: WayToReach) -> str:
    by = {"email": "e-mail", "post": "post", "by_hand": "by hand"}[way.by]
    return f"{by}, {way.to}" + (f" ({way.safe_times})" if way.safe_times else "")
