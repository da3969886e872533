"""Probes: single checks of what the service depends on, shared by `/readyz` and `flask doctor`."""
