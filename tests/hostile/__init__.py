"""Hostile input: a corpus of requests, random mutations of it, and the verdict on the answers."""
