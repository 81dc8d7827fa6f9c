"""Measures how soon open pages hear news, and what open pages cost."""
