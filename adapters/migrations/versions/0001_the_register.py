"""The register."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
IN_HAND = sa.text("outcome IS NULL OR attention != ''")
RUNS = sa.text("(state NOT IN ('met', 'late', 'answered', 'needless'))")
IS_OWED = sa.text("kind IN ('conversation', 'acknowledgement', 'first_contact', 'help_request')")
LET_SOMEBODY_GO = sa.text("let_go != ''")
LET_GO = sa.text("response != ''")
IS_REFERRED = sa.text("journey = 'step-up'")
SAYS_HARM = sa.text("step IN ('report_significant_harm', 'acknowledge_transfer')")


def upgrade() -> None:
    """Make the tables of the register."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("old", TEXT, nullable=True),
        sa.Column("new", TEXT, nullable=True),
        sa.Column("why", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_events_transfer_id", "audit_events", ["transfer_id"], unique=False)
    op.create_table(
        "effects",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("effect", TEXT, nullable=False),
        sa.Column("clause", TEXT, nullable=False),
        sa.Column("go", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", TEXT, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", TEXT, nullable=True),
        sa.Column("closed_step", TEXT, nullable=True),
        sa.Column("shared_document", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_effects_transfer_id", "effects", ["transfer_id"], unique=False)
    op.create_table(
        "asked",
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("problem"),
    )
    op.create_table(
        "advice",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "channel"),
    )
    op.create_table(
        "services",
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("contact_email", TEXT, nullable=False),
        sa.Column("contact_kind", TEXT, nullable=False),
        sa.Column("manager_email", TEXT, nullable=True),
        sa.Column("mosaic_team", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_table(
        "organisers",
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("uid"),
    )
    op.create_table(
        "people",
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("telephone", TEXT, nullable=True),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("teams", TEXT, nullable=False),
        sa.Column("covers", TEXT, nullable=False),
        sa.Column("cover_from", sa.Date(), nullable=True),
        sa.Column("cover_until", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_table(
        "calendars",
        sa.Column("version", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "transfers",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("journey", TEXT, nullable=False),
        sa.Column("family_ref", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("route", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("stage_words", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("service_ref", TEXT, nullable=False),
        sa.Column("social_work_team", TEXT, nullable=True),
        sa.Column("social_worker", TEXT, nullable=True),
        sa.Column("team_manager", TEXT, nullable=True),
        sa.Column("waiting_for", TEXT, nullable=False),
        sa.Column("attention", TEXT, nullable=False),
        sa.Column("harm", TEXT, nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("response", TEXT, nullable=False),
        sa.Column("response_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("let_go", TEXT, nullable=False),
        sa.Column("duplicate_of", TEXT, nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "transfers_in_hand",
        "transfers",
        ["opened_at", "id", "stage", "outcome", "attention", "waiting_for", "harm"],
        sqlite_where=IN_HAND,
        postgresql_where=IN_HAND,
    )
    op.create_index(
        "transfers_started",
        "transfers",
        ["opened_at", "id", "stage", "outcome", "service_ref", "social_work_team", "restricted", "journey"],
    )
    op.create_index("transfers_ended", "transfers", ["closed_at", "id"])
    op.create_index(
        "families_of_ended",
        "transfers",
        ["closed_at", "id", "service_ref", "route", "family_ref", "let_go"],
        sqlite_where=LET_SOMEBODY_GO,
        postgresql_where=LET_SOMEBODY_GO,
    )
    op.create_index("transfers_of_family", "transfers", ["family_ref", "opened_at", "id"])
    op.create_table(
        "seen_by",
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("journey", TEXT, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_hand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"]),
        sa.PrimaryKeyConstraint("transfer_id", "ref", "how"),
    )
    op.create_index("journeys_seen", "seen_by", ["ref", "how", "journey", "opened_at", "transfer_id"])
    op.create_index(
        "journeys_seen_in_hand",
        "seen_by",
        ["ref", "how", "journey", "opened_at", "transfer_id"],
        sqlite_where=sa.text("in_hand IS 1"),
        postgresql_where=sa.text("in_hand IS true"),
    )
    op.create_table(
        "children",
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("child_ref", TEXT, nullable=False),
        sa.Column("journey", TEXT, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("response", TEXT, nullable=False),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_for", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"]),
        sa.PrimaryKeyConstraint("transfer_id", "child_ref"),
    )
    op.create_index(
        "one_open_transfer_per_child",
        "children",
        ["child_ref", "journey"],
        unique=True,
        sqlite_where=sa.text("open IS 1"),
        postgresql_where=sa.text("open IS true"),
    )
    op.create_index(
        "children_let_go",
        "children",
        ["child_ref", "transfer_id", "response", "let_go_at"],
        sqlite_where=LET_GO,
        postgresql_where=LET_GO,
    )
    op.create_index(
        "children_referred",
        "children",
        ["child_ref", "transfer_id"],
        sqlite_where=IS_REFERRED,
        postgresql_where=IS_REFERRED,
    )
    op.create_table(
        "evidence",
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("step_id", TEXT, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("service_ref", TEXT, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.Column("corrects", TEXT, nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"]),
        sa.PrimaryKeyConstraint("transfer_id", "step_id"),
    )
    op.create_index(
        "harm_reports",
        "evidence",
        ["transfer_id", "corrects", "step"],
        sqlite_where=SAYS_HARM,
        postgresql_where=SAYS_HARM,
    )
    op.create_table(
        "clocks",
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("clock_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("service_ref", TEXT, nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("was_paused", sa.Boolean(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"]),
        sa.ForeignKeyConstraint(["calendar"], ["calendars.version"]),
        sa.PrimaryKeyConstraint("transfer_id", "clock_id"),
    )
    op.create_index(
        "clocks_running",
        "clocks",
        ["transfer_id", "kind", "state", "received", "due"],
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )
    op.create_index(
        "clocks_of_services",
        "clocks",
        ["received", "transfer_id", "service_ref", "state", "was_paused", "hours", "kind"],
        sqlite_where=IS_OWED,
        postgresql_where=IS_OWED,
    )
    op.create_table(
        "alerts",
        sa.Column("transfer_id", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("audiences", TEXT, nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"]),
        sa.PrimaryKeyConstraint("transfer_id", "number"),
    )
    op.create_index("alerts_told", "alerts", ["kind", "what", "late_ms"])
