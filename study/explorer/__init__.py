"""The explorer: levers and their effects in a browser."""
