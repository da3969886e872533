"""`make run`: embedded PostgreSQL and Valkey, gunicorn and the demo traffic, as supervised child processes."""
