"""Posts from a file: what its lines must be, and writing them in batches."""

from app.services.imports.batches import Batch, load, write
from app.services.imports.lines import BadLine, Line, key_of, read

__all__ = ["BadLine", "Batch", "Line", "key_of", "load", "read", "write"]
