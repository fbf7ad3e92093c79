"""The directory of Early Help services: what they are called, how they are reached, whether they work on Mosaic."""

from enum import StrEnum

from models.vocabulary import EmailAddress, Frozen, Name, Ref


class ContactKind(StrEnum):
    """Who may agree to a transfer for the service (SD-06)."""

    ALLOCATES = "allocates"
    """A lead or manager with authority to allocate."""
    PRACTITIONER = "practitioner"
    """Practitioners of this service pick up their own cases, and each may agree."""

    @property
    def words(self) -> str:
        """The right contact, as people say it."""
        return {
            "allocates": "a lead or manager who allocates the work of the service",
            "practitioner": "a practitioner of the service, who picks up their own cases",
        }[self.value]


class EarlyHelpService(Frozen):
    """One Early Help service (SD-06, SD-20)."""

    ref: Ref
    name: Name
    contact_email: EmailAddress
    """Where the right contact is asked."""
    contact_kind: ContactKind = ContactKind.ALLOCATES
    manager_email: EmailAddress | None = None
    """Who is told when the contact does not answer."""
    mosaic_team: Ref | None = None
    """The team that Mosaic assigns work to; None where the service does not use Mosaic."""

    def reached_as(self, now: "EarlyHelpService") -> "EarlyHelpService":
        """This service with the name and the addresses that the directory has now.

        Whether it uses Mosaic, and who may agree for it, a transfer goes on with as it was begun.
        """
        reached = {name: getattr(now, name) for name in ("name", "contact_email", "manager_email")}
        return self.model_copy(update=reached)
