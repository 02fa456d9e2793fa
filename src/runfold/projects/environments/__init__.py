"""Environments that projects and models run in: made from files, known by their content, built once, shared."""
