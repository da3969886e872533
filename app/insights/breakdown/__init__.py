"""Breakdowns: events by type, channel, user or hour."""
