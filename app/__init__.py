"""Pulse: real-time workspace analytics over Server-Sent Events."""

__version__ = "0.1.0"
