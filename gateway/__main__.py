"""The gateway process: ``python -m gateway``."""
