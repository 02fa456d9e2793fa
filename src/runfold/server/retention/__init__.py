"""Carries out rules of retention: what would go, the passes, and their schedule."""
