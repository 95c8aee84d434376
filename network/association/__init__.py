"""How networks depend on each other and on attributes."""
