"""Alembic's entry: migrations run on the engine that ``adapters.register.store.migrate`` hands over."""

from alembic import context

from models.register import tables

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=tables.TransferRow.metadata)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
