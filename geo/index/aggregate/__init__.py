"""Aggregate normalized indicators into scores."""
