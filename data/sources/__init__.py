"""Read the raw exports that people have, each by a description that is data."""
