"""The composite index: a recipe of named steps and the scores it gives."""
