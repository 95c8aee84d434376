"""Weigh indicators by data, by judgment or by both."""
