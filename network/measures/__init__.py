"""Measures of places and of whole networks."""
