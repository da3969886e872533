"""Pulse itself, with a queue that it empties post by post: what it is worth to take several at once."""

# First of all, as in wsgi.py: it patches before anything else is imported.
from wsgi import app

app.extensions["pulse"].committer.max_batch = 1
