"""The service that a clock ran for, so that a report can tell the services of one transfer apart."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; what was kept before does not say it."""
    op.add_column("clocks", sa.Column("service_ref", sa.String(), nullable=True))
