"""Calls every method of MLflow's `AuthServiceClient` about roles, in its own environment, and prints what it was told
as JSON.

The credentials in the environment are an administrator's; the experiment and model exist, and so does the workspace
`vision`.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server.auth.client import AuthServiceClient
from mlflow.server.auth.entities import Role, RolePermission

PASSWORD = "a long password"


def main() -> None:
    uri, experiment, model = sys.argv[1:]
    client = AuthServiceClient(uri)
    users = {name: client.create_user(name, PASSWORD).id for name in ("ben", "eve")}
    told = {
        "roles": of_roles(client),
        "permissions": of_permissions(client, experiment, model),
        "members": of_members(client, users, experiment, model),
        "missing": of_what_is_not_there(client),
        "refused": of_what_cannot_be(client, experiment),
        "foreign": of_others(client),
    }
    for role in client.list_all_roles():
        client.delete_role(role.id)
    print(json.dumps(told))


def of_roles(client: AuthServiceClient) -> dict[str, object]:
    made = client.create_role("default", "annotators", "They label.")
    bare = client.create_role("vision", "annotators")
    changed = client.update_role(made.id, name="labellers")
    described = client.update_role(bare.id, description="Of vision.")
    found = {
        "made": [shown(made), shown(bare)],
        "changed": [shown(changed), shown(described)],
        "same": changed.id == made.id != bare.id == client.get_role(bare.id).id,
        "default": [shown(role) for role in client.list_roles("default")],
        "all": sorted(shown(role)[:2] for role in client.list_all_roles()),
        "taken": [
            code(lambda: client.create_role("default", "labellers")),
            code(lambda: client.update_role(client.create_role("default", "more").id, name="labellers")),
        ],
        "said nothing": [code(lambda: client.update_role(made.id)), code(lambda: client.create_role("default", " "))],
    }
    for role in client.list_all_roles():
        client.delete_role(role.id)
    return {**found, "left": [shown(role) for role in client.list_roles("default")]}


def shown(role: Role) -> list[object]:
    return [role.workspace, role.name, role.description, [words(one) for one in role.permissions]]


def words(permission: RolePermission) -> list[str]:
    return [permission.resource_type, permission.resource_pattern, permission.permission]


def of_permissions(client: AuthServiceClient, experiment: str, model: str) -> dict[str, object]:
    role = client.create_role("default", "readers")
    added = [
        client.add_role_permission(role.id, "experiment", experiment, "READ"),
        client.add_role_permission(role.id, "registered_model", model, "EDIT"),
        client.add_role_permission(role.id, "workspace", "*", "USE"),
    ]
    found = {
        "added": [words(one) for one in added],
        "of the role": {one.role_id for one in added} == {role.id},
        "listed": client.list_role_permissions(role.id) != [],
        "numbers": [one.id for one in client.list_role_permissions(role.id)] == [one.id for one in added],
        "with the role": [one.id for one in client.get_role(role.id).permissions] == [one.id for one in added],
        "twice": code(lambda: client.add_role_permission(role.id, "experiment", experiment, "EDIT")),
    }
    updated = client.update_role_permission(added[0].id, "MANAGE")
    found["updated"] = [words(updated), updated.id == added[0].id]
    client.remove_role_permission(added[0].id)
    again = client.add_role_permission(role.id, "experiment", experiment, "DENY")
    found["after removal"] = [words(again), again.id not in [one.id for one in added]]
    found["removed twice"] = code(lambda: client.remove_role_permission(added[0].id))
    client.delete_role(role.id)
    return found


def of_members(client: AuthServiceClient, users: dict[str, int], experiment: str, model: str) -> dict[str, object]:
    role = client.create_role("default", "writers")
    client.add_role_permission(role.id, "experiment", experiment, "EDIT")
    kept = client.add_role_permission(role.id, "registered_model", model, "EDIT")
    found = {"before": may(experiment, model)}
    assignment = client.assign_role("ben", role.id)
    found["assigned"] = [assignment.user_id == users["ben"], assignment.role_id == role.id]
    found["writes"] = may(experiment, model)
    found["twice"] = code(lambda: client.assign_role("ben", role.id))
    listed = client.list_role_users(role.id)
    found["users"] = [(one.id, one.user_id) for one in listed] == [(assignment.id, users["ben"])]
    found["roles of"] = [[one.name for one in client.list_user_roles(name)] for name in users]
    with signed_in("ben"):
        found["own roles"] = [one.name for one in client.list_user_roles("ben")]
    client.update_role_permission(kept.id, "READ")
    found["less"] = may(experiment, model)
    client.unassign_role("ben", role.id)
    found["after"] = may(experiment, model)
    found["unassigned twice"] = code(lambda: client.unassign_role("ben", role.id))
    client.delete_role(role.id)
    return found


def may(experiment: str, model: str) -> list[bool]:
    """Whether ben may tag the two."""
    client = MlflowClient()
    with signed_in("ben"):
        return [
            code(lambda: client.set_experiment_tag(experiment, "k", "v")) == "done",
            code(lambda: client.set_registered_model_tag(model, "k", "v")) == "done",
        ]


def of_what_is_not_there(client: AuthServiceClient) -> dict[str, str]:
    role = client.create_role("default", "nobody's")
    calls: dict[str, Callable[[], object]] = {
        "get_role": lambda: client.get_role(999),
        "update_role": lambda: client.update_role(999, name="x"),
        "delete_role": lambda: client.delete_role(999),
        "add_role_permission": lambda: client.add_role_permission(999, "workspace", "*", "USE"),
        "list_role_permissions": lambda: client.list_role_permissions(999),
        "update_role_permission": lambda: client.update_role_permission(999, "READ"),
        "remove_role_permission": lambda: client.remove_role_permission(999),
        "assign_role": lambda: client.assign_role("ben", 999),
        "assign_role to nobody": lambda: client.assign_role("nobody", role.id),
        "unassign_role": lambda: client.unassign_role("ben", 999),
        "list_role_users": lambda: client.list_role_users(999),
        "list_user_roles": lambda: client.list_user_roles("nobody"),
    }
    found = {name: code(call) for name, call in calls.items()}
    client.delete_role(role.id)
    return found


def of_what_cannot_be(client: AuthServiceClient, experiment: str) -> dict[str, str]:
    role = client.create_role("default", "odd")
    cases = {
        "no type": ("gateway", experiment, "READ"),
        "no permission": ("experiment", experiment, "OWN"),
        "one run": ("run", "1f", "READ"),
        "no id": ("experiment", "wine", "READ"),
    }
    found = {
        name: code(lambda case=case: client.add_role_permission(role.id, *case))  # type: ignore[misc]
        for name, case in cases.items()
    }
    client.delete_role(role.id)
    return found


def of_others(client: AuthServiceClient) -> dict[str, list[str]]:
    """What eve, who manages the workspace `vision` by a role in it, may do there and with roles of others."""
    ours = client.create_role("vision", "managers")
    client.add_role_permission(ours.id, "workspace", "*", "MANAGE")
    client.assign_role("eve", ours.id)
    theirs = client.create_role("default", "theirs")
    permission = client.add_role_permission(theirs.id, "workspace", "*", "USE")
    client.assign_role("ben", theirs.id)
    with signed_in("eve"):
        made = client.create_role("vision", "more")
        own = [
            code(lambda: client.add_role_permission(made.id, "workspace", "*", "USE")),
            code(lambda: client.assign_role("ben", made.id)),
            code(lambda: client.update_role(made.id, description="By eve.")),
            sorted(role.name for role in client.list_roles("vision")),
            [role.name for role in client.list_user_roles("ben")],
            code(lambda: client.unassign_role("ben", made.id)),
            code(lambda: client.delete_role(made.id)),
        ]
        calls = (
            lambda number, _: client.get_role(number),
            lambda number, _: client.update_role(number, name="x"),
            lambda number, _: client.delete_role(number),
            lambda number, _: client.add_role_permission(number, "workspace", "*", "MANAGE"),
            lambda number, _: client.list_role_permissions(number),
            lambda _, number: client.update_role_permission(number, "MANAGE"),
            lambda _, number: client.remove_role_permission(number),
            lambda number, _: client.assign_role("eve", number),
            lambda number, _: client.unassign_role("ben", number),
            lambda number, _: client.list_role_users(number),
        )
        foreign = [code(lambda call=call: call(theirs.id, permission.id)) for call in calls]  # type: ignore[misc]
        missing = [code(lambda call=call: call(999, 999)) for call in calls]  # type: ignore[misc]
        elsewhere = code(lambda: client.create_role("default", "mine"))
    return {"own": own, "foreign": sorted(set(foreign)), "alike": [str(foreign == missing)], "elsewhere": [elsewhere]}


@contextmanager
def signed_in(user: str):  # type: ignore[no-untyped-def]
    names = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    before = [os.environ[name] for name in names]
    os.environ.update(zip(names, (user, PASSWORD), strict=True))
    try:
        yield
    finally:
        os.environ.update(zip(names, before, strict=True))


def code(call: Callable[[], object]) -> str:
    try:
        call()
    except MlflowException as error:
        return error.error_code
    return "done"


if __name__ == "__main__":
    mlflow.set_tracking_uri(sys.argv[1])
    main()
