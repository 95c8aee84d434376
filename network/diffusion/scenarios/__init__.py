"""Interventions and what they change."""
