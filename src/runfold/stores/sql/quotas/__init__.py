"""What is kept, by whom, and how much that may be."""
