"""Stocks that grow and feed back."""
