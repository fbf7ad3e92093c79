"""Whom to ring about a risk of significant harm: settings without which production does not start."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from adapters.settings import Mode, Settings
from models.policy import PhoneNumber, Phones


class EmergencySettings(Settings):
    """The numbers, as ``TRANSFERS_DUTY_AND_ADVICE_PHONE`` and so on."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    mode: Mode = Mode.PRODUCTION
    duty_and_advice_phone: PhoneNumber | None = None
    """Duty and Advice, in working hours; recorded with each transfer when it starts."""
    out_of_hours_phone: PhoneNumber | None = None
    """Whom to ring at night and at weekends."""
    emergency_phone: PhoneNumber = Field(default="999")
    """Whom to ring when somebody is in danger now."""
    letters_phone: PhoneNumber | None = None
    """Whom to ring about a letter; of the whole council, as no team's area may follow from it."""


def phones(settings: EmergencySettings) -> Phones:
    """The numbers to ring (SU-01).

    Raises:
        ValueError: one is missing in production.
    """
    numbers = {
        "TRANSFERS_DUTY_AND_ADVICE_PHONE": settings.duty_and_advice_phone,
        "TRANSFERS_OUT_OF_HOURS_PHONE": settings.out_of_hours_phone,
    }
    missing = [name for name, number in numbers.items() if number is None]
    if missing and not settings.mode.is_rehearsal:
        raise ValueError(f"{missing[0]}: is missing; whoever reports a risk of significant harm is told whom to ring")
    return Phones(
        duty_and_advice=settings.duty_and_advice_phone,
        out_of_hours=settings.out_of_hours_phone,
        emergency=settings.emergency_phone,
        letters=settings.letters_phone,
    )
