"""Files: where they lie, how they come and go, and which of them do not change."""
