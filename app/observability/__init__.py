"""What operators read: metrics for Prometheus, health, readiness, the doctor's checks."""
