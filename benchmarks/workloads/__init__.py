"""One module per piece of work; each has a `measure(bench)` that writes samples."""
