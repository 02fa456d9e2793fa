"""Models in environments of their own: built here, or as an image that any engine builds."""
