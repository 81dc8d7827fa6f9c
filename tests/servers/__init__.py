"""Servers that the tests start, and that may be run by hand."""
