"""What places specialize in."""
