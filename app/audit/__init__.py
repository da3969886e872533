"""The audit log: entries, the query over them, and the protection of the table."""
