"""Keeps the database in shape: days made ahead of time, and what nothing needs any more pruned."""
