"""Alembic's entry: migrations run on the engine that ``adapters.register.store.migrate`` hands over."""

from alembic import context
from sqlalchemy import text

from models.register import tables

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=tables.TransferRow.metadata)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two at once would both make the tables. The lock ends with the transaction, behind a pool of those, too.
            connection.execute(text("SELECT pg_advisory_xact_lock(7326033)"))
        context.run_migrations()
    connection.commit()
