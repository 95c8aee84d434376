"""Channels and the rates they add up to."""
