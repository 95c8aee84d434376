"""Raw records of contracts and patents, counted as flows."""
