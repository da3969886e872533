"""Decisions without I/O: standard library only; no clock, Flask, SQL, Redis or gevent."""
