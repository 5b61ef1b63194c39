"""What the service keeps: checks, batches, claim history, packs, keys and the audit log, in SQLite or PostgreSQL."""
