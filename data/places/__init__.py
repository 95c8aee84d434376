"""Names of places and which place contains which."""
