"""`runfold models policy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_facts, print_json
from runfold.domain.model_policy import REQUIRABLE

if TYPE_CHECKING:
    from runfold.domain.model_policy import ModelPolicy
    from runfold.stores.base import TrackingStore

SCANS = ("refuse", "off", "inherit")


@click.command()
@click.argument("name", default="")
@click.option("--flavour", "flavours", multiple=True, metavar="NAME", help="Allow this flavour. Repeatable.")
@click.option("--serialisation", "serialisations", multiple=True, metavar="NAME", help="Allow this one. Repeatable.")
@click.option("--require", "required", multiple=True, type=click.Choice(REQUIRABLE), help="What must be told.")
@click.option("--scan", type=click.Choice(SCANS), help="Refuse models that would run harmful code; inherit: as above.")
@click.option("--clear", is_flag=True, help="Begin from a policy that allows everything.")
@json_option
@with_store
def policy(
    store: TrackingStore,
    name: str,
    flavours: tuple[str, ...],
    serialisations: tuple[str, ...],
    required: tuple[str, ...],
    scan: str | None,
    clear: bool,
    as_json: bool,
) -> None:
    """Show which models may be registered, or say so: for the whole store, or under one NAME.

    \b
      runfold models policy                                    # what holds for all
      runfold models policy --flavour sklearn --flavour onnx   # these and no others
      runfold models policy churn --require owner              # and more for churn
      runfold models policy churn --clear                      # nothing of its own any more
    """
    import msgspec

    from runfold.domain.model_policy import ModelPolicy, Scan
    from runfold.registry.aliases import user_name

    if name:
        store.get_registered_model(name)
    changes: dict[str, object] = {"flavours": flavours, "serialisations": serialisations, "required": required}
    changes = {field: value for field, value in changes.items() if value}
    if scan is not None:
        changes["scan"] = None if scan == "inherit" else Scan(scan)
    present = ModelPolicy() if clear else store.get_model_policy(name)
    if clear or changes:
        present = msgspec.structs.replace(present, **changes)
        store.set_model_policy(name, present, user_id=user_name())
    if as_json:
        print_json(present)
    else:
        print_facts(_facts(present))


def _facts(policy: ModelPolicy) -> list[tuple[str, str]]:
    return [
        ("flavours", ", ".join(policy.flavours) or "any"),
        ("serialisations", ", ".join(policy.serialisations) or "any"),
        ("must be told", ", ".join(policy.required) or "nothing"),
        ("harmful models", {"refuse": "refused", "off": "not looked for"}.get(policy.scan or "", "as everywhere here")),
    ]
