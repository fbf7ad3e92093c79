"""The reference: one route that reads the row of a journey and answers with what is sealed in it, and nothing else.

It asks nobody who they are, and notes nothing. ``python -m benchmarks.gateway.bare PORT`` serves it.
"""

import sys

import uvicorn
from fastapi import FastAPI, Response

from adapters.register.store import RegisterSettings, Store, register_engine
from cli.wiring import keyring
from models.register.tables import TransferRow


def bare_app(store: Store) -> FastAPI:
    """The application."""
    app = FastAPI()

    @app.get("/ready")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.get("/v1/transfers/{journey_id}")
    def row(journey_id: str) -> Response:
        with store.reading() as session:
            found = session.get(TransferRow, journey_id)
            if found is None or found.status is None:
                return Response(status_code=404)
            return Response(store.unseal(journey_id, found.status), media_type="application/json")

    return app


if __name__ == "__main__":
    app = bare_app(Store(register_engine(RegisterSettings()), keyring()))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False, http="h11")
