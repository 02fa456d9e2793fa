"""Scoring files: rows read, predicted and written in pieces, so that memory stays bounded."""
