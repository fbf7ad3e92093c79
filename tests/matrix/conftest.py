from tests.workflows.conftest import client, server

__all__ = ["client", "server"]
