"""Layers, distances, catchments and market areas."""
