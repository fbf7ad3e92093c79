"""Writes the contract to `openapi.json`: `python -m simulators.mosaic.contract_file`."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from simulators.mosaic.app import create_app
from simulators.mosaic.books import Books
from simulators.mosaic.desk import Desk

CONTRACT = Path(__file__).with_name("openapi.json")


def contract_text() -> str:
    """The contract as the file has it."""
    with TemporaryDirectory() as folder:
        books = Books(Path(folder))
        contract = create_app(Desk(books)).openapi()
        books.close()
    return json.dumps(contract, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    CONTRACT.write_text(contract_text(), encoding="utf-8")
