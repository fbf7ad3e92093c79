"""``python -m worker`` starts the worker process."""

import asyncio
import gc


def start() -> None:
    """Import everything and run the worker."""
    # What an import makes stays: looking through it for garbage meanwhile, and ever after, is in vain.
    gc.disable()
    from worker.memory import look_for_garbage_rarely
    from worker.process import main

    gc.freeze()
    look_for_garbage_rarely()
    gc.enable()
    asyncio.run(main())


if __name__ == "__main__":
    start()
