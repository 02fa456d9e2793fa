"""Runfold measured against its peers: the same work, the same machine, one run. See docs/explanation/benchmarks.md."""
