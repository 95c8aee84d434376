"""The audit: claims recomputed from printed figures, and figures compared with one another."""
