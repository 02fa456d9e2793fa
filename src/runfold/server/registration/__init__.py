"""Versions of models: what may be their source, and what is told of them without running anything."""
