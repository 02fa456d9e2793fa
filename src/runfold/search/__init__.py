"""The filter language: one for the web UI, the command line, Python and REST.

A text goes through `parser` (grammar in `grammar.lark`) into the values of `tree`, whose fields `fields`
has checked. `evaluate` says what a tree means, in memory; `stores.sql.search` translates it to SQL and must
agree. `docs/reference/search.md` describes the language to its users.
"""
