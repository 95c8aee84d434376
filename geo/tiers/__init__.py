"""Place centers on tiers and compare placements."""
