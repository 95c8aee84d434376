"""Estimate diffusion from adoptions and flows."""
