"""HTTP itself: what is checked, measured and answered before it is known what is called."""
