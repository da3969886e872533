"""Log lines: structlog's configuration, and the suppression of repeated lines."""
