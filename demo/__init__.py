"""Demo traffic: simulated people and orchestrators whose events are posted through the public HTTP API."""
