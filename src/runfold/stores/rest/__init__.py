"""A records store behind HTTP: the calls of `wire.endpoints`, made from the client's side."""
