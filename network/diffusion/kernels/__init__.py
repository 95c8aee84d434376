"""Compiled loops of the simulations."""
