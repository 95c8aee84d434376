"""Gravity and radiation models of flows."""
