"""What Pulse is measured against: WSGI and ASGI apps for the same load."""
