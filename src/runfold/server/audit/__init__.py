"""Who did what, noted."""
