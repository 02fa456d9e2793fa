"""Names for runs that were given none: an adjective, a noun and a number, such as `amber-heron-417`."""

from __future__ import annotations

import random

_ADJECTIVES = """
    able agile amber ample apt azure balmy bold brave bright brisk calm candid cedar civil clear clever coral cosy
    crisp daring deft dusky eager early easy fair fleet fond frank fresh gentle glad golden grand hale handy happy
    hardy hazel honest humble ivory jolly keen kind lively loyal lucid lucky lunar mellow merry mild misty modest
    neat noble olive open patient placid plain polite proud quick quiet rapid ready robust rosy sage serene sharp
    silver sincere smart snowy solid spry stable steady still sunny swift tidy topaz trim true upbeat vivid warm wise
"""
_NOUNS = """
    alder anchor ant aspen badger bay beacon bear beaver birch bison brook canyon cedar cliff comet coot crane creek
    curlew delta dune eagle elk elm falcon fern finch fjord forest fox gale glade goose grove gull hare harbor hawk
    hazel heron hill ibex ibis island jay kestrel kite lagoon lake lark lemur lion lynx maple marsh marten meadow
    mesa mole moose moth newt oak ocean orca osprey otter owl panda pelican pine plover pond poplar quail rabbit
    raven reef ridge river robin rook rowan seal shore shrew sparrow spruce stork swan tern thrush tiger trout wren
"""


def random_run_name() -> str:
    """Not unique: ids tell runs apart, names help people talk about them."""
    adjective, noun = random.choice(_ADJECTIVES.split()), random.choice(_NOUNS.split())  # noqa: S311 (no secret)
    return f"{adjective}-{noun}-{random.randrange(1000)}"  # noqa: S311
