"""Portable forms of models."""
