"""Alembic's entry: makes the migrations over the connection that :mod:`api.store.database` hands over."""

from alembic import context

from api.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
