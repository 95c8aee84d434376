"""Every sentence that people read, one catalogue a language."""
