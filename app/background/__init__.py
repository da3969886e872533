"""Background work: periodic jobs, request coalescing, signals that the metrics read."""
