"""`runfold completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_RUNFOLD_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  runfold completion bash > ~/.local/share/bash-completion/completions/runfold
    zsh:   runfold completion zsh  > ~/.zfunc/_runfold      (a folder of your $fpath)
    fish:  runfold completion fish > ~/.config/fish/completions/runfold.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell!r}.")
    click.echo(kind(context.find_root().command, {}, "runfold", _VARIABLE).source())
