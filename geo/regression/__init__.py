"""Explain an outcome by terms of the place and of its neighbors: spatial regression of cross-sections and panels."""
