"""Measures search: what it finds, how fast, in how much memory, and that nothing anybody types breaks it."""
