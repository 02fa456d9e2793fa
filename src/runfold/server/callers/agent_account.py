"""An agent beside a server, and what lets it in when the server asks its callers who they are.

It has an account of its own, a service, whose one token lives from each start of the server to its end. The token
expires soon after nobody prolongs it any more, so one that a killed server leaves is worth nothing for long, nor beyond
the next start.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event

from runfold.domain.access import NewToken
from runfold.domain.audit import Act
from runfold.errors import NotFound, RunfoldError
from runfold.stores.base import ServedStore

log = logging.getLogger("runfold.server")

_TOKEN = "while the server runs"  # noqa: S105 - its name
LIFETIME_MS = 6 * 3600 * 1000
PROLONG_S = 1800.0
_LOOK_S = 30.0


@dataclass(frozen=True)
class AgentBeside:
    """
    Attributes:
        account: its user on a server that asks its callers who they are; empty: the environment says who it is.
        start: starts it with a token (empty: it needs none of ours), and gives what ends it while the server answers.
    """

    account: str
    start: Callable[[str], AbstractContextManager[Callable[[], None]]]

    @contextmanager
    def started(self, open_store: Callable[[], ServedStore], *, auth: bool) -> Iterator[tuple[Callable[[], None], str]]:
        """What ends it, and the id of its token; empty: it has none of ours.

        Args:
            auth: the server asks its callers who they are.

        Raises:
            InvalidState: a person has the name of its account.
        """
        if not (auth and self.account):
            with self.start("") as end:
                yield end, ""
            return
        with admitted(open_store, self.account) as made:
            if made is None:
                yield lambda: None, ""
                return
            with self.start(made.secret) as end:
                yield end, made.token.token_id


@contextmanager
def admitted(open_store: Callable[[], ServedStore], account: str) -> Iterator[NewToken | None]:
    """A token for an agent, worth nothing any more in the end; None: its account is switched off."""
    with closing(open_store()) as store:
        user = store.find_user(account)
        if user is None or user.is_active:
            made = _admit(store, account, is_new=user is None)
        else:
            log.error("No agent is started: its account %r is switched off.", account)
            made = None
    try:
        yield made
    finally:
        if made is not None:
            _revoke(open_store, made)


def _admit(store: ServedStore, account: str, *, is_new: bool) -> NewToken:
    created = Act(action="users/create", object=f"user:{account}", detail="is_service=True")
    granted = Act(action="grants/set", object="everything", detail=f"subject=user:{account} role=contributor")
    acts = (*((created, granted) if is_new else ()), _act("tokens/create", account))
    return store.noting(lambda _: acts).admit_agent(account, name=_TOKEN, lifetime_ms=LIFETIME_MS)


def _act(action: str, account: str) -> Act:
    return Act(action=action, object=f"user:{account}", detail="agent beside the server")


def _revoke(open_store: Callable[[], ServedStore], made: NewToken) -> None:
    acts = (_act("tokens/revoke", made.token.user),)
    try:
        with closing(open_store()) as store:
            store.noting(lambda _: acts).revoke_token(made.token.token_id)
    except NotFound:
        return  # an administrator was first
    except RunfoldError as error:
        log.warning("The token of the agent could not be revoked, and expires in some hours: %s", error.message)


def prolong(store: ServedStore, token_id: str, stopping: Event) -> None:
    """Keep the token alive until the server is to end. Every process of the server may do it; call it in a thread."""
    due_s = time.time() + PROLONG_S
    while not stopping.wait(_LOOK_S):
        if time.time() < due_s:  # by the wall clock: one that waits does not notice that the machine slept
            continue
        try:
            store.prolong_token(token_id, lifetime_ms=LIFETIME_MS)
            due_s = time.time() + PROLONG_S
        except NotFound:
            return
        except RunfoldError as error:
            log.warning("The token of the agent could not be prolonged: %s", error.message)
