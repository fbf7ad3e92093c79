CREATE TABLE IF NOT EXISTS teams (
    ref TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS families (
    ref TEXT PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS persons (
    ref TEXT PRIMARY KEY,
    family_ref TEXT NOT NULL REFERENCES families,
    name TEXT NOT NULL,
    restricted INTEGER NOT NULL,
    allowed_teams TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS steps (
    id TEXT PRIMARY KEY,
    person_ref TEXT NOT NULL REFERENCES persons,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    locked INTEGER NOT NULL DEFAULT 0,
    part_missing INTEGER NOT NULL DEFAULT 0,
    assigned_to TEXT REFERENCES teams,
    created_by_step TEXT REFERENCES steps,
    reference TEXT,
    completed_at TEXT,
    next_actions TEXT NOT NULL DEFAULT '[]',
    closure_reason TEXT
);
CREATE INDEX IF NOT EXISTS steps_of_person ON steps (person_ref);
CREATE TABLE IF NOT EXISTS documents (
    ref TEXT PRIMARY KEY,
    family_ref TEXT NOT NULL REFERENCES families,
    kind TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS document_versions (
    document_ref TEXT NOT NULL REFERENCES documents,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (document_ref, version)
);
CREATE TABLE IF NOT EXISTS shares (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document_ref TEXT NOT NULL REFERENCES documents,
    version INTEGER NOT NULL,
    team TEXT NOT NULL REFERENCES teams,
    reference TEXT NOT NULL,
    shared_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    step_id TEXT NOT NULL REFERENCES steps,
    reference TEXT NOT NULL,
    who_asks TEXT,
    current_issues TEXT,
    work_so_far TEXT,
    written_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    target TEXT NOT NULL,
    reference TEXT NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL
);
