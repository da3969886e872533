"""Workspaces, their members, and the people of this installation."""
