"""Where work is executed: one module per kind of target."""
