"""PFA, the Portable Format for Analytics: models as JSON documents that any language can score.

`write` makes documents of fitted estimators, `engine` scores them. Source of both: the specification 0.8.1 of the Data
Mining Group (dmg.org/pfa), whose chapters are cited where they are followed. The reference implementation in Python
has not been made for Python 3, which is why there is a scorer of our own; it covers the part that `write` uses and
what simple documents of others need, and refuses the rest by name.
"""
