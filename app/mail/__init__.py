"""Outbound mail: a queue in the database, and a job in the workers that sends it by SMTP."""
