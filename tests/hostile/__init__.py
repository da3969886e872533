"""Hostile input: a corpus that nobody sends in good faith, what chance makes of it, and the verdict."""
