"""One place at a time: strengths, coupling and obstacles."""
