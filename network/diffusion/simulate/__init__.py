"""Simulate adoption, cascades and abandonment."""
