"""`python -m runfold`: the command line."""

from runfold.cli import main

main(prog_name="runfold")
