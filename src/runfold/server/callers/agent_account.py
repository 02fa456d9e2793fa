"""The account of the agent beside a server: a service whose one token lives as long as the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.audit import Act
from runfold.errors import InvalidState, NotFound, RunfoldError
from runfold.stores.base import ServedStore

_TOKEN = "while the server runs"  # noqa: S105 - its name


@contextmanager
def agent_token(open_store: Callable[[], ServedStore], name: str) -> Iterator[str]:
    """The secret of a token for an agent, which is in no file, and worth nothing after the `with` block.

    One that a killed server has left is ended. The service may run jobs anywhere when it is new; what an administrator
    has taken from it since, it does not get back.

    Raises:
        InvalidState: a person has this name.
    """
    with closing(open_store()) as store:
        _have_service(store, name)
        for old in store.list_tokens(name):
            _noting(store, "revoke", name).revoke_token(old.token_id)
        made = _noting(store, "create", name).create_token(name, name=_TOKEN, scope=Role.CONTRIBUTOR)
    try:
        yield made.secret
    finally:
        # Somebody may have revoked it, or the store be away: the next start ends it then.
        with suppress(RunfoldError), closing(open_store()) as store:
            _noting(store, "revoke", name).revoke_token(made.token.token_id)


def _have_service(store: ServedStore, name: str) -> None:
    try:
        user = store.get_user(name)
    except NotFound:
        subject = Subject(SubjectKind.USER, name)
        store.noting(lambda _: [Act(action="users/create", object=f"user:{name}")]).create_user(name, is_service=True)
        noting = store.noting(lambda _: [Act(action="grants/set", object="everything", detail="role=contributor")])
        noting.set_grant(Grant(subject=subject, place=Place(PlaceKind.EVERYTHING), role=Role.CONTRIBUTOR))
        return
    if not user.is_service:
        raise InvalidState(
            f"The agent beside the server would be the user {name!r}, who is a person. Rename the person's account, or "
            "set RUNFOLD_TRACKING_TOKEN to a token that the agent is to use."
        )


def _noting(store: ServedStore, act: str, name: str) -> ServedStore:
    return store.noting(
        lambda _: [Act(action=f"tokens/{act}", object=f"user:{name}", detail="agent beside the server")]
    )
