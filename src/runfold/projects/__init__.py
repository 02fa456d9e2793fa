"""Projects: a folder or repository of code, read, checked and run."""
