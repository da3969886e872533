"""The event log: the only code that writes and reads the events table."""
