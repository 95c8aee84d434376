"""The explorer: from files to a study, its index, networks and scenarios in a browser."""
