"""``python -m worker`` starts the worker process."""

import asyncio
import gc


def start() -> None:
    """Import everything and run the worker."""
    # What an import makes stays: looking through it for garbage meanwhile, and ever after, is in vain.
    gc.disable()
    from worker.process import main

    gc.freeze()
    gc.enable()
    asyncio.run(main())


if __name__ == "__main__":
    start()
