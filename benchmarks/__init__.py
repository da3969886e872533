"""Measures Pulse beside its peers: real servers, one run, figures as a table and as JSON."""
