"""Tables as text for papers."""
