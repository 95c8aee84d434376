"""The stages of a run, from inputs to results."""
