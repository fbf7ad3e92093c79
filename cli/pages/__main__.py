"""``python -m cli.pages`` makes anew what is made from the code: in ``docs/``, and the file of the bank holidays."""

import sys

from adapters.policy_file import PolicyFileError
from cli.pages.blocks import BlockError
from cli.pages.documents import documents
from client.errors import InputError


def main() -> int:
    """Write every document; what keeps that from being done is a line or a few.

    Returns:
        0, or 1 where nothing was written.
    """
    try:
        made = documents()
    except (BlockError, InputError, PolicyFileError) as error:
        print(f"Nothing was written. {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"Nothing was written. {error.filename}: {error.strerror}; the pages are made in a clone.", file=sys.stderr
        )
        return 1
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
