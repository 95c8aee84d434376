"""Describe how centers lie over space: pattern, concentration, convergence."""
