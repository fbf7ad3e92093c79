"""England's bank holidays as a file, made from the library ``holidays``, which only who makes it needs."""

from holidays import country_holidays

from models.calendar import KNOWN_FROM, LAST_KNOWN_DAY


def bank_holidays() -> str:
    """A line for each: its day, and its name."""
    years = range(KNOWN_FROM.year, LAST_KNOWN_DAY.year + 1)
    published = country_holidays("GB", subdiv="ENG", years=years)
    return "".join(f"{day},{name}\n" for day, name in sorted(published.items()))
