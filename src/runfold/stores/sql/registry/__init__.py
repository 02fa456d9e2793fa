"""Registered models, their versions and aliases, logged models, and what guards and announces their changes."""
