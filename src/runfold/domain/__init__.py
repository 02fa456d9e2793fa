"""The values that Runfold talks about: frozen, checked on construction, free of input and output.

Times are Unix milliseconds in fields named `*_ms`; ids are text; states are enums; a page is `Page[T]`.
"""
