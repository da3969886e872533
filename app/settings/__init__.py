"""Settings: read once from the environment, parsed, checked, documented."""
