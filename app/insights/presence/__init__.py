"""Presence: the users who are online, and the most active channels and users of the last hour."""
