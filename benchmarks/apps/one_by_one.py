"""Pulse itself, but each post is a transaction of its own: what group commit is worth."""

# First of all, as in wsgi.py: it patches before anything else is imported.
from wsgi import app

app.extensions["pulse"].committer.max_batch = 1
