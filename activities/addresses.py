"""Where an audience is reached, as the directory has it now: the one look-up of alerts and digests."""

from activities.ports import Directory
from models.errors import LastingError, NothingHappenedError
from models.kinds import Audience
from models.services import EarlyHelpService
from models.vocabulary import Ref


def contact_of(directory: Directory, service: EarlyHelpService) -> str:
    """Where the contact of the service is reached, as the transfer knows it.

    Raises:
        NothingHappenedError: the directory has another address meanwhile. The transfer is told of it when it is shown,
            looks whether somebody of the family reads there, and orders anew.
    """
    now = directory.service(service.ref)
    if now is not None and now.contact_email != service.contact_email:
        raise NothingHappenedError("the directory has another address of the service")
    return service.contact_email


def address_of(directory: Directory, audience: Audience, people: tuple[Ref, ...], service_ref: Ref) -> str:
    """The address of a service's contact or manager, or else the first that is known of these people.

    Raises:
        LastingError: none is known.
    """
    match audience:
        case Audience.EARLY_HELP_CONTACT:
            service = directory.service(service_ref)
            known = [service.contact_email if service else None]
        case Audience.EARLY_HELP_MANAGER:
            service = directory.service(service_ref)
            known = [service.manager_email if service else None]
        case _:
            known = [directory.address_of(ref) for ref in people]
    address = next((address for address in known if address), None)
    if address is None:
        raise LastingError("no_address", f"no address is known for {audience}")
    return address
