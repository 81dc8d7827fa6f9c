"""Made-up requests against the running interface, and what came of them."""
