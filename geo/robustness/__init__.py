"""How sure scores, ranks and tiers are."""
