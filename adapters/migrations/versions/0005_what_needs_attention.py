"""What is wrong with a transfer, beside the mere fact that something is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """What was kept before does not say it, until the transfer is shown again."""
    op.add_column("transfers", sa.Column("attention", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE transfers SET attention = 'not_said' WHERE needs_attention")
    op.drop_column("transfers", "needs_attention")
