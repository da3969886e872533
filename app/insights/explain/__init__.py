"""Explanations: the definition, window, source and latest events of a figure."""
