"""Hypothesis strategies for tables; need the extra ``testing``."""
