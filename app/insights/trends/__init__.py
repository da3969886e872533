"""Trends: whole days, weeks or months, each compared with the one before."""
