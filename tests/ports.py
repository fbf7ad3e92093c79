"""Ports for the programs that tests start."""

import itertools
import os
import random
import socket

# Below the range from which a system takes the near end of a connection: what is free there stays free until the
# program that it is for has begun. Each process of the tests has a block of its own.
FIRST = 20000
BLOCK = 1000


def free_ports(count: int) -> list[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")) % 10
    block = range(FIRST + worker * BLOCK, FIRST + (worker + 1) * BLOCK)
    free = filter(_is_free, random.sample(block, len(block)))
    return list(itertools.islice(free, count))


def free_port() -> int:
    return free_ports(1)[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
