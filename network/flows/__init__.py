"""Flow tables, graphs and matrices, and what they add up to."""
