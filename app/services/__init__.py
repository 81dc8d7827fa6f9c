"""What the application can do: one noun a file, one verb a function."""
