"""Work done away from the request: ids in, safe to run twice."""
