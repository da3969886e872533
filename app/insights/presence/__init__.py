"""Presence: who is here now, and where and by whom most has happened in the last hour."""
