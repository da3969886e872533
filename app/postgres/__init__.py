"""PostgreSQL: engines and pools, time-outs of connections, statements, clocks."""
