"""Read tables from files as they are."""
