"""Hypothesis strategies for studies; need the extra ``testing``."""
