"""Settings: read from the environment once, parsed, checked, documented."""
