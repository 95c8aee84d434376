"""Begin a study from the files that people have."""
