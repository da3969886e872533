"""Breakdowns: events counted by type, channel, user or hour."""
