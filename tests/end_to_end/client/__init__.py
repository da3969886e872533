"""The client, on pages of anybody's, in a real browser."""
