"""The interface, as programs use it."""
