"""Bring indicators to one scale."""
