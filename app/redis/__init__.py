"""Redis: the link, the pub/sub bus, cached counters, rate limits, leases."""
