"""The service that a clock ran for, and which report of significant harm another one adds to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; what was kept before does not say it."""
    op.add_column("clocks", sa.Column("service_ref", sa.String(), nullable=True))
    op.add_column("harm_reports", sa.Column("corrects", sa.String(), nullable=True))
