"""How workspaces end: what one holds, where that goes, the trash, and what comes back from it."""
