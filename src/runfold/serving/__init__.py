"""Models behind HTTP: the scoring protocols, micro-batching, serving processes, images and deployments."""
