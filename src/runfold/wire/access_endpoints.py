"""The rows of the table that are about users and what they may do. A server without users answers none of them."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Body, Endpoint, Family, Permission, call
from runfold.wire.messages import accounts, grants, groups, identities, mlflow_roles, quotas, roles, sessions, tokens
from runfold.wire.messages import mlflow_access as mlflow
from runfold.wire.messages.base import Empty

_mlflow = partial(call, Family.MLFLOW)
_mlflow_3 = partial(call, Family.MLFLOW_3)
_runfold = partial(call, Family.RUNFOLD)
_root = partial(call, Family.ROOT)
_PUBLIC, _READ, _EDIT, _MANAGE, _ADMIN = Permission

# fmt: off
_ACCOUNTS = (
    _runfold("POST", "setup", accounts.SetUp, accounts.UserReply,
             _PUBLIC, "finish_setup", "Make the first administrator, by the code that the server printed."),
    _runfold("GET", "account", Empty, accounts.AccountReply,
             _READ, "", "Say as whom the caller is known, and with which scope."),
    _runfold("POST", "account/roles", accounts.AskOwnRoles, accounts.OwnRolesReply,
             _READ, "", "Say what the caller may do with each of some records."),
    _runfold("POST", "users/create", accounts.CreateUser, accounts.UserReply,
             _ADMIN, "create_user", "Add a user or a service account."),
    _runfold("POST", "users/get", accounts.UserRef, accounts.UserReply,
             _READ, "get_user", "Get a user; all but administrators see themselves alone."),
    _runfold("POST", "users/list", Empty, accounts.UsersReply,
             _ADMIN, "list_users", "List the users, by name."),
    _runfold("POST", "users/update", accounts.UpdateUser, accounts.UserReply,
             _ADMIN, "update_user", "Change a user's password or standing, or switch the account off and on."),
    _runfold("POST", "users/invite", accounts.UserRef, accounts.InvitationReply,
             _ADMIN, "invite_user", "Make a link by which a user chooses a password once."),
    _runfold("POST", "invitations/accept", accounts.AcceptInvitation, accounts.UserReply,
             _PUBLIC, "accept_invitation", "Choose the password of an account, by the code of such a link."),
    _runfold("POST", "users/delete", accounts.UserRef, Empty,
             _ADMIN, "delete_user", "Remove a user with tokens, memberships and grants."),
)

_GROUPS = (
    _runfold("POST", "groups/create", groups.CreateGroup, groups.GroupReply,
             _MANAGE, "create_group", "Make a group of a workspace that one manages, or of the server."),
    _runfold("POST", "groups/set", groups.SetGroup, groups.GroupReply,
             _ADMIN, "set_group", "Make a group of the server, or replace the members of any."),
    _runfold("POST", "groups/update", groups.UpdateGroup, groups.GroupReply,
             _MANAGE, "update_group", "Change a group's name or description."),
    _runfold("POST", "groups/add-member", groups.GroupMember, groups.GroupReply,
             _MANAGE, "add_member", "Put a user into a group; needs what granting all it has would need."),
    _runfold("POST", "groups/remove-member", groups.GroupMember, groups.GroupReply,
             _MANAGE, "remove_member", "Take a user out of a group."),
    _runfold("POST", "groups/list", Empty, groups.GroupsReply,
             _READ, "list_groups", "List groups with their members, by name: those one manages, and of others is in."),
    _runfold("POST", "groups/grants", groups.ListGroupGrants, groups.GroupGrantsReply,
             _READ, "list_group_grants", "List what is granted to such groups, by number, as far as one may see it."),
    _runfold("POST", "groups/delete", groups.GroupRef, Empty,
             _MANAGE, "delete_group", "Remove a group and what was granted to it."),
)

_ROLES = (
    _runfold("POST", "roles/list", Empty, roles.RolesReply,
             _READ, "list_roles", "List the roles there are, and what each can do."),
    _runfold("POST", "roles/create", roles.CreateRole, roles.RoleReply,
             _ADMIN, "create_role", "Make a role of one's own."),
    _runfold("POST", "roles/update", roles.UpdateRole, roles.RoleReply,
             _ADMIN, "update_role", "Change a role of one's own, for all who have it."),
    _runfold("POST", "roles/delete", roles.RoleRef, Empty,
             _ADMIN, "delete_role", "Remove a role of one's own that no grant and no token names."),
)

_SESSIONS = (
    _runfold("POST", "sessions/create", sessions.SignIn, accounts.UserReply,
             _PUBLIC, "", "Sign a browser in: the answer gives it a cookie. Programs use tokens."),
    _root("GET", "oidc/start", sessions.StartOidc, Empty,
          _PUBLIC, "", "Lead a browser to the provider of OpenID Connect."),
    _root("GET", "oidc/callback", sessions.FinishOidc, Empty,
          _PUBLIC, "", "Take the browser back from the provider, and sign it in."),
    _root("POST", "oidc/logout", sessions.TakeSignOut, Empty,
          _PUBLIC, "", "Sign out whom the provider signed out (OpenID Connect Back-Channel Logout 1.0).", Body.FORM),
    _runfold("POST", "sessions/list", sessions.ListSessions, sessions.SessionsReply,
             _READ, "list_sessions", "List the browsers that somebody is signed in with, the one used last first."),
    _runfold("POST", "sessions/end", sessions.EndSession, sessions.SignedOut,
             _READ, "end_session", "Sign a browser out."),
    _runfold("POST", "sessions/end-all", sessions.EndSessions, Empty,
             _READ, "end_sessions", "Sign out of all browsers; open streams of events end, too."),
    _runfold("POST", "identities/list", identities.ListIdentities, identities.IdentitiesReply,
             _READ, "get_ways", "List by whom of a provider somebody signs in, and say whether by password, too."),
    _runfold("POST", "identities/list-all", Empty, identities.WaysReply,
             _ADMIN, "list_ways", "Say the same of all users, by name."),
    _runfold("POST", "identities/link", identities.LinkIdentity, identities.IdentityReply,
             _ADMIN, "link_identity", "Let somebody whom a provider vouches for sign in as a user."),
    _runfold("POST", "identities/unlink", identities.IdentityRef, Empty,
             _ADMIN, "unlink_identity", "Take that back; what was begun by that provider in browsers ends."),
    _runfold("POST", "account/link", identities.BeginLink, identities.LinkBegun,
             _MANAGE, "", "Begin to link one's own account to the provider, by the password; for browsers."),
    _runfold("POST", "account/finish-link", identities.FinishLink, identities.IdentityReply,
             _MANAGE, "link_identity", "Link one's own account to whom the provider vouches for, in the same session."),
    _runfold("POST", "account/unlink", identities.EndLink, Empty,
             _MANAGE, "unlink_identity", "Take a link of one's own account back, by the password."),
    _runfold("POST", "account/password", sessions.ChangePassword, accounts.UserReply,
             _MANAGE, "update_user", "Change one's own password; tokens and other browsers are signed out."),
)

_PROGRAMS = (
    _runfold("POST", "programs/ask", tokens.AskToBeLetIn, tokens.WaitingReply,
             _PUBLIC, "", "Wait to be let in by somebody who is signed in with a browser, as `runfold login` does."),
    _runfold("POST", "programs/show", tokens.WaitingRef, tokens.WaitingProgramReply,
             _READ, "", "Say which program waits under a code; for browsers that are signed in."),
    _runfold("POST", "programs/decide", tokens.DecideWaiting, Empty,
             _MANAGE, "", "Let a program in, which gets a token of the caller's, or refuse it; for browsers."),
    _runfold("POST", "programs/collect", tokens.CollectWaiting, tokens.CollectedReply,
             _PUBLIC, "", "Collect the token of a program that was let in, once."),
)

_TOKENS = (
    _runfold("POST", "tokens/create", tokens.CreateToken, tokens.NewTokenReply,
             _MANAGE, "create_token", "Make a token; its secret is told this one time."),
    _runfold("POST", "tokens/list", tokens.ListTokens, tokens.TokensReply,
             _READ, "list_tokens", "List tokens, newest first."),
    _runfold("POST", "tokens/revoke", tokens.RevokeToken, Empty,
             _READ, "revoke_token", "End a token."),
)

_QUOTAS = (
    _runfold("POST", "quotas/set", quotas.SetQuota, quotas.UsageReply,
             _ADMIN, "set_quota", "Set how much a user or a workspace may keep and do, or all users without a quota."),
    _runfold("POST", "usage/list", Empty, quotas.UsagesReply,
             _ADMIN, "list_usage", "Say how much everybody keeps and does, and may: runs, bytes, requests."),
    _runfold("POST", "usage/get", quotas.GetUsage, quotas.UsageReply,
             _READ, "get_usage", "Say it of one user; all but administrators see themselves alone."),
    _runfold("POST", "usage/workspaces", quotas.ListWorkspaceUsage, quotas.UsagesReply,
             _READ, "list_workspace_usage", "Say it of workspaces that the caller manages."),
    _runfold("POST", "usage/recount", quotas.RecountUsage, quotas.RecountReply,
             _ADMIN, "recount_usage", "Count some records anew, and put right what was counted otherwise."),
)

_GRANTS = (
    _runfold("POST", "grants/set", grants.GrantMessage, Empty,
             _MANAGE, "set_grant", "Give a user, a group or everyone a role, instead of the one they have there."),
    _runfold("POST", "grants/remove", grants.GrantRef, Empty,
             _MANAGE, "remove_grant", "Take a role back, or a denial."),
    _runfold("POST", "grants/list", grants.ListGrants, grants.GrantsReply,
             _READ, "list_grants", "List grants: one's own, or on a place that one manages."),
    _runfold("POST", "grants/explain", grants.ExplainAccess, grants.AccessReportReply,
             _READ, "explain_access", "Say who may do what with a record, why, and what a grant would change."),
)

_MLFLOW = (
    _mlflow("POST", "users/create", mlflow.CreateMlflowUser, mlflow.MlflowUserReply,
            _ADMIN, "create_user", "Add a user."),
    _mlflow("GET", "users/get", mlflow.MlflowUserRef, mlflow.MlflowUserReply,
            _READ, "get_user", "Get a user with what was granted; all but administrators see themselves alone."),
    _mlflow("PATCH", "users/update-password", mlflow.UpdateMlflowPassword, Empty,
            _MANAGE, "update_user", "Change one's own password, or as an administrator anybody's; tokens end."),
    _mlflow("PATCH", "users/update-admin", mlflow.UpdateMlflowAdmin, Empty,
            _ADMIN, "update_user", "Make a user an administrator, or not any more."),
    _mlflow("DELETE", "users/delete", mlflow.MlflowUserRef, Empty,
            _ADMIN, "delete_user", "Remove a user with tokens, memberships and grants."),
    _mlflow("POST", "experiments/permissions/create", mlflow.PutExperimentPermission, mlflow.ExperimentPermissionReply,
            _MANAGE, "set_grant", "Give a user a role on an experiment."),
    _mlflow("GET", "experiments/permissions/get", mlflow.ExperimentPermissionRef, mlflow.ExperimentPermissionReply,
            _READ, "list_grants", "Get the role that was given to a user on an experiment."),
    _mlflow("PATCH", "experiments/permissions/update", mlflow.PutExperimentPermission, Empty,
            _MANAGE, "set_grant", "Change the role of a user on an experiment."),
    _mlflow("DELETE", "experiments/permissions/delete", mlflow.ExperimentPermissionRef, Empty,
            _MANAGE, "remove_grant", "Take the role of a user on an experiment back."),
    _mlflow("POST", "registered-models/permissions/create", mlflow.PutRegisteredModelPermission,
            mlflow.RegisteredModelPermissionReply,
            _MANAGE, "set_grant", "Give a user a role on a registered model."),
    _mlflow("GET", "registered-models/permissions/get", mlflow.RegisteredModelPermissionRef,
            mlflow.RegisteredModelPermissionReply,
            _READ, "list_grants", "Get the role that was given to a user on a registered model."),
    _mlflow("PATCH", "registered-models/permissions/update", mlflow.PutRegisteredModelPermission, Empty,
            _MANAGE, "set_grant", "Change the role of a user on a registered model."),
    _mlflow("DELETE", "registered-models/permissions/delete", mlflow.RegisteredModelPermissionRef, Empty,
            _MANAGE, "remove_grant", "Take the role of a user on a registered model back."),
    _mlflow_3("POST", "users/permissions/grant", mlflow.PutUserPermission, Empty,
              _MANAGE, "set_grant", "Give a user a role on a record, instead of the one there."),
    _mlflow_3("POST", "users/permissions/revoke", mlflow.UserPermissionRef, Empty,
              _MANAGE, "remove_grant", "Take the role of a user on a record back."),
    _mlflow_3("GET", "users/permissions/get", mlflow.UserPermissionRef, mlflow.UserPermissionReply,
              _READ, "explain_access", "Say what a user may do with a record."),
)

_MLFLOW_ROLES = (
    _mlflow_3("POST", "roles/create", mlflow_roles.CreateMlflowRole, mlflow_roles.MlflowRoleReply,
              _MANAGE, "create_group", "Make a group, which MLflow calls a role."),
    _mlflow_3("GET", "roles/get", mlflow_roles.MlflowRoleRef, mlflow_roles.MlflowRoleReply,
              _READ, "list_groups", "Get a group with what is granted to it."),
    _mlflow_3("GET", "roles/list", mlflow_roles.ListMlflowRoles, mlflow_roles.MlflowRolesReply,
              _READ, "list_groups", "List the groups of workspaces, or all, as far as one may see them."),
    _mlflow_3("PATCH", "roles/update", mlflow_roles.UpdateMlflowRole, mlflow_roles.MlflowRoleReply,
              _MANAGE, "update_group", "Change a group's name or description."),
    _mlflow_3("DELETE", "roles/delete", mlflow_roles.MlflowRoleRef, Empty,
              _MANAGE, "delete_group", "Remove a group and what was granted to it."),
    _mlflow_3("POST", "roles/permissions/add", mlflow_roles.AddRolePermission, mlflow_roles.RolePermissionReply,
              _MANAGE, "set_grant", "Give a group a role on a record or workspace."),
    _mlflow_3("DELETE", "roles/permissions/remove", mlflow_roles.RolePermissionRef, Empty,
              _MANAGE, "remove_grant", "Take the role of a group back."),
    _mlflow_3("GET", "roles/permissions/list", mlflow_roles.MlflowRoleRef, mlflow_roles.RolePermissionsReply,
              _READ, "list_group_grants", "List what is granted to a group."),
    _mlflow_3("PATCH", "roles/permissions/update", mlflow_roles.UpdateRolePermission, mlflow_roles.RolePermissionReply,
              _MANAGE, "set_grant", "Change the role of a group where it has one."),
    _mlflow_3("POST", "roles/assign", mlflow_roles.RoleMember, mlflow_roles.RoleAssignmentReply,
              _MANAGE, "add_member", "Put a user into a group."),
    _mlflow_3("DELETE", "roles/unassign", mlflow_roles.RoleMember, Empty,
              _MANAGE, "remove_member", "Take a user out of a group."),
    _mlflow_3("GET", "users/roles/list", mlflow_roles.MlflowRolesOf, mlflow_roles.MlflowRolesReply,
              _READ, "list_groups", "List the groups that a user is in: oneself, or of groups that one manages."),
    _mlflow_3("GET", "roles/users/list", mlflow_roles.MlflowRoleRef, mlflow_roles.RoleAssignmentsReply,
              _READ, "list_groups", "List the members of a group; who does not manage it sees themselves alone."),
)
# fmt: on

ACCESS_ENDPOINTS: tuple[Endpoint, ...] = (
    *_ACCOUNTS,
    *_GROUPS,
    *_ROLES,
    *_SESSIONS,
    *_PROGRAMS,
    *_TOKENS,
    *_QUOTAS,
    *_GRANTS,
    *_MLFLOW,
    *_MLFLOW_ROLES,
)
