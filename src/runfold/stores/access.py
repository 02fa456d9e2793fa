"""What a records store can do about users and their rights. See `stores.base` for what holds for every method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

import msgspec

from runfold.domain.access import (
    Ability,
    Grant,
    NewToken,
    Place,
    Rights,
    Role,
    Subject,
    Token,
    UsedRole,
    User,
)
from runfold.domain.identity import BY_PASSWORD, Identity, IdentityRules, LinkedIdentity, ProviderSession, SignInWays
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.sessions import Invitation, NewSession, Session
from runfold.domain.standing import NO_CHANGE, AccessReport, Change
from runfold.domain.waiting import NewWaiting, WaitingProgram
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.stores.groups import GroupStore


class Home(msgspec.Struct, frozen=True):
    """Where an experiment, or a run or logged model in it, belongs: the experiment, with its name and workspace.

    Attributes:
        artifact_uri: where the files of the run or model, or those of the experiment, lie.
    """

    experiment_id: ExperimentId
    name: str
    artifact_uri: str
    workspace: str = DEFAULT_WORKSPACE


class AccessStore(GroupStore, Protocol):
    """Accounts and grants. Every change counts for the next request that any server process decides on."""

    def create_user(self, name: str, *, password: str = "", is_admin: bool = False, is_service: bool = False) -> User:
        """Add a user. Without a password one signs in by tokens alone, as services do.

        Raises:
            AlreadyExists: the name is taken.
            InvalidValue: the name or password can be none, or a service is to have a password.
        """
        ...

    def get_user(self, name: str) -> User: ...

    def list_users(self) -> tuple[User, ...]:
        """By name."""
        ...

    def update_user(
        self,
        name: str,
        *,
        password: str | None = None,
        is_admin: bool | None = None,
        is_active: bool | None = None,
        workspace: str | None = None,
    ) -> User:
        """Change what is given. A new password, or being switched off, ends the user's tokens and sessions.

        Args:
            workspace: in which the user's calls are made that name none.

        Raises:
            NotFound: there is no such user or workspace.
            InvalidState: no active administrator would be left.
        """
        ...

    def delete_user(self, name: str) -> None:
        """Remove a user with tokens, memberships and grants. InvalidState for the last active administrator."""
        ...

    def create_token(
        self,
        user: str,
        *,
        name: str = "",
        scope: Role,
        expires_ms: int | None = None,
        places: Sequence[Place] = (),
    ) -> NewToken:
        """Make a credential of a user.

        Args:
            scope: at most what this role can do, which counts by its name.
            places: it is to be worth something on these alone, and on what lies in them; none: it is not limited.

        Raises:
            NotFound: there is no such user or place.
            InvalidValue: there is no such role, or there are too many places, or one that is no limit.
        """
        ...

    def list_tokens(self, user: str) -> tuple[Token, ...]:
        """Newest first, those too that have expired."""
        ...

    def revoke_token(self, token_id: str, *, user: str | None = None) -> None:
        """End a token; `user`: NotFound unless it is theirs."""
        ...

    def invite_user(self, name: str) -> Invitation:
        """A code by which the user can choose a password once; the password there is stays until then.

        Raises:
            InvalidState: the user is a service or switched off.
        """
        ...

    def accept_invitation(self, code: str, password: str) -> User:
        """Set the password of the user that the code was made for; tokens and sessions end.

        Raises:
            Unauthenticated: the code is not valid, or not any more.
        """
        ...

    def list_sessions(self, user: str) -> tuple[Session, ...]:
        """The browsers that the user signed in with, the one used last first."""
        ...

    def end_session(self, session_id: str, *, user: str | None = None) -> None:
        """Sign a browser out; `user`: NotFound unless it is theirs."""
        ...

    def end_sessions(self, user: str) -> None:
        """Sign the user out of all browsers."""
        ...

    def get_ways(self, user: str) -> SignInWays:
        """By what the user signs in; who they are to providers, by issuer and subject."""
        ...

    def list_ways(self) -> tuple[SignInWays, ...]:
        """Of all users, by name."""
        ...

    def link_identity(self, user: str, *, issuer: str, subject: str, shown: str = "") -> LinkedIdentity:
        """Let somebody whom a provider vouches for sign in as this user. Again is no error.

        Args:
            shown: what they know themselves by there, until the provider says it at a sign-in.

        Raises:
            AlreadyExists: they sign in as another user.
            InvalidValue: the user is a service, or a field is empty or too long.
        """
        ...

    def unlink_identity(self, user: str, *, issuer: str, subject: str) -> None:
        """Take that back; sessions end that the user began by the issuer.

        Raises:
            NotFound: the user is not linked to it.
            InvalidState: the user would have no way left to sign in.
        """
        ...

    def list_roles(self) -> tuple[UsedRole, ...]:
        """The built-in ones, least first, then others by name."""
        ...

    def create_role(self, role: Role) -> Role:
        """Make a role of one's own.

        Raises:
            AlreadyExists: the name is taken.
            InvalidValue: the name has a meaning already or can be none, or the role cannot read.
        """
        ...

    def update_role(
        self,
        name: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        abilities: Ability | None = None,
    ) -> Role:
        """Change what is given. Whoever has the role has it as it is from then on, and so have tokens.

        Raises:
            NotFound: there is no such role.
            InvalidState: it is built in.
            AlreadyExists, InvalidValue: as for `create_role`.
        """
        ...

    def delete_role(self, name: str) -> None:
        """InvalidState when it is built in, or grants or tokens name it: the message says how many."""
        ...

    def set_grant(self, grant: Grant) -> None:
        """Give a subject a role on a place, instead of the one it has there. The role counts by its name.

        Raises:
            NotFound: there is no such user, group, experiment or registered model.
            InvalidValue: the group is one of a workspace, and the place lies outside of it.
            InvalidValue: there is no such role; the message tells those there are.
        """
        ...

    def remove_grant(self, subject: Subject, place: Place) -> None:
        """NotFound when nothing is granted there."""
        ...

    def list_grants(self, *, subject: Subject | None = None, place: Place | None = None) -> tuple[Grant, ...]:
        """By place, then subject; of one subject or on one place, if given."""
        ...

    def explain_access(self, place: Place, *, user: str = "", change: Change = NO_CHANGE) -> AccessReport:
        """Who may do what with a record, and by which grants; of one user, or of all.

        Args:
            change: what is not so, but might be: the report tells what would be.

        Raises:
            NotFound: there is no such user, experiment or registered model.
        """
        ...

    def finish_setup(self, code: str, name: str, password: str) -> User:
        """Make the first administrator, by a code that `begin_setup` gave a server.

        Raises:
            Unauthenticated: the code is not valid, or not any more.
        """
        ...


class SignInStore(Protocol):
    """What a server asks to know its callers, and what they may do."""

    def making_manager(self, user: str, place_of: Callable[[Any], Place]) -> Self:
        """This store, whose next write also makes a user the manager of what it made, in one transaction.

        What is granted on new records there is granted on it, too.

        Args:
            place_of: where that lies, by the result of the write.
        """
        ...

    def sign_in(self, name: str, password: str) -> User:
        """
        Raises:
            Unauthenticated: name and password do not go together, or the user is switched off; one answer, after the
                same work, for names that nobody has.
            TooManyAttempts: the name was tried in vain too often just now.
        """
        ...

    def admit_agent(self, account: str, *, name: str, lifetime_ms: int) -> NewToken:
        """A token for the agent that a server starts beside itself, in place of those that the account has.

        The account is made the first time, as a service and a contributor to everything. What an administrator changes
        of it later stays as it is.

        Raises:
            InvalidState: the account is a person's, or switched off.
        """
        ...

    def prolong_token(self, token_id: str, *, lifetime_ms: int) -> None:
        """Have a token expire so long from now. NotFound when it was revoked."""
        ...

    def find_token(self, secret: str) -> tuple[User, Token] | None:
        """The token with this secret and its user; None when there is none that is valid now."""
        ...

    def begin_session(
        self, user: str, *, agent: str, address: str, lifetime_ms: int, at_provider: ProviderSession = BY_PASSWORD
    ) -> NewSession:
        """Let a browser in, whose user has just said who they are. See `domain.sessions.Session` for the rest."""
        ...

    def begin_waiting(self, program: str, *, address: str, scope: Role, days: int) -> NewWaiting:
        """Have a program wait for somebody who lets it in; who asks is not known yet.

        Raises:
            Unavailable: too many wait.
        """
        ...

    def get_waiting(self, code: str) -> WaitingProgram:
        """One that nobody has decided on."""
        ...

    def decide_waiting(self, code: str, *, user: str, lets_in: bool) -> WaitingProgram:
        """Let a program in as a user, or refuse it; NotFound when somebody has decided before."""
        ...

    def collect_waiting(self, secret: str) -> NewToken | None:
        """The token of a program that was let in, once; None while it waits.

        Raises:
            Unauthenticated: it has waited too long, or the token was collected.
            PermissionDenied: it was refused.
        """
        ...

    def begin_link(self, session_id: str) -> str:
        """A secret by which the session's user can be linked to somebody at a provider: once, within ten minutes.

        Raises:
            NotFound: the session has ended.
        """
        ...

    def take_link(self, session_id: str, secret: str) -> int | None:
        """Use the secret up, and say when it was begun (ms); None when it is not the session's, or not any more."""
        ...

    def provider_session(self, session_id: str) -> ProviderSession:
        """At the provider that a session here began by; `BY_PASSWORD` for others."""
        ...

    def end_provider_sessions(self, issuer: str, *, subject: str, sid: str) -> tuple[str, ...]:
        """Sign out whom a provider has signed out: of the session `sid` there, or without one, of all they began by it.

        Returns:
            The users whose sessions ended.
        """
        ...

    def sign_in_identity(self, identity: Identity, rules: IdentityRules) -> User:
        """The user whom a provider vouches for, in the groups that it says; made when the rules want that.

        The last administrator stays one, whatever the provider says: nobody else could make another one.

        Raises:
            Unauthenticated: there is no account, or it is switched off.
            AlreadyExists: the name belongs to somebody whom the provider never vouched for.
        """
        ...

    def find_session(self, secret: str, *, idle_ms: int, is_use: bool) -> tuple[User, Session] | None:
        """The session with this secret and its user; None when there is none that is valid now.

        Args:
            idle_ms: after which a session ends that nobody uses.
            is_use: note that it was used just now.
        """
        ...

    def find_user(self, name: str) -> User | None: ...

    def rights_of(self, user: User, *, most: Role, within: Sequence[Place] = ()) -> Rights: ...

    def access_version(self) -> int:
        """Grows with every change of accounts and grants, and of where runs and names lie."""
        ...

    def homes_of_runs(self, run_ids: Sequence[RunId]) -> dict[RunId, Home]:
        """Those that exist, deleted ones included."""
        ...

    def homes_of_models(self, model_ids: Sequence[str]) -> dict[str, Home]:
        """Of logged models that exist, deleted ones included."""
        ...

    def homes_of_experiments(self, experiment_ids: Sequence[ExperimentId]) -> dict[ExperimentId, Home]:
        """Those that exist, deleted ones included."""
        ...

    def homes_of_dataset(self, name: str) -> tuple[Home, ...]:
        """The experiments of this workspace whose runs used, or had used, a dataset of this name."""
        ...

    def begin_setup(self) -> str:
        """A code by which the first administrator can be made once, within a day; empty when there is one already."""
        ...
