"""Pulse's gunicorn worker, response, log format and reload, imported by gunicorn.conf.py into the master.

Nothing here imports `app`: the master outlives reloads, and its workers are forks of it, so that they would go on
with the application code of before.
"""
