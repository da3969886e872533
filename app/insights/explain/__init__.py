"""Explanations: why a figure is what it is."""
