"""The directory of Early Help services: what they are called, how they are reached, whether they work on Mosaic."""

from models.vocabulary import EmailAddress, Frozen, Ref


class EarlyHelpService(Frozen):
    """One Early Help service (SD-06, SD-20)."""

    ref: Ref
    name: str
    contact_email: EmailAddress
    """Where the appropriate contact is asked: a lead or manager with authority to allocate."""
    mosaic_team: Ref | None = None
    """The team that Mosaic assigns work to; None where the service does not use Mosaic."""
