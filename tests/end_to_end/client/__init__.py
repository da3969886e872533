"""The client on pages of other applications, in a real browser."""
