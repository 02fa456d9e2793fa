"""Models on other machines: one interface, one module for each kind of target."""
