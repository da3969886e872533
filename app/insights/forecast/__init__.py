"""Forecast: where today's total of a metric will end."""
