"""Screen, impute, denominate and treat indicators before they are normalized."""
