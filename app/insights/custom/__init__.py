"""Custom metrics: what admins have Pulse count beside its own metrics."""
