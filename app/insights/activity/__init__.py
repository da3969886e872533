"""Activity: amounts of messages or events, one for each bucket of a stretch of time."""
