"""What `make run` is: PostgreSQL and Valkey from wheels, gunicorn, and some life in the demo workspace."""
