"""Users, groups, tokens and grants."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.access import Role, level_of, parse_place, parse_subject
from runfold.domain.links import invitation_path
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import accounts, grants, identities, roles, tokens
from runfold.wire.messages.base import Empty


def set_up(services: Services, request: accounts.SetUp) -> accounts.UserReply:
    return accounts.UserReply(
        user=convert.user_out(services.store.finish_setup(request.code, request.name, request.password))
    )


def account(services: Services, request: Empty) -> accounts.AccountReply:
    caller = services.known_caller
    return accounts.AccountReply(
        user=convert.user_out(caller.user),
        scope=caller.scope,
        scope_abilities=convert.abilities_out(caller.rights.most),
        everything=level_of(caller.rights.on_everything()).name,
        abilities=convert.abilities_out(caller.rights.on_everything()),
        session_id=caller.session_id,
    )


def own_roles(services: Services, request: accounts.AskOwnRoles) -> accounts.OwnRolesReply:
    return accounts.OwnRolesReply(
        roles=tuple(
            accounts.OwnRoleMessage(
                record=one.record,
                role=one.role.name,
                abilities=convert.abilities_out(one.abilities),
                begins=one.begins,
            )
            for one in services.own_roles(request.records)
        )
    )


def create_user(services: Services, request: accounts.CreateUser) -> accounts.UserReply:
    made = services.store.create_user(
        request.name, password=request.password, is_admin=request.is_admin, is_service=request.is_service
    )
    return accounts.UserReply(user=convert.user_out(made))


def get_user(services: Services, request: accounts.UserRef) -> accounts.UserReply:
    return accounts.UserReply(user=convert.user_out(services.store.get_user(request.name)))


def list_users(services: Services, request: Empty) -> accounts.UsersReply:
    return accounts.UsersReply(users=tuple(map(convert.user_out, services.store.list_users())))


def update_user(services: Services, request: accounts.UpdateUser) -> accounts.UserReply:
    changed = services.store.update_user(
        request.name,
        password=request.password,
        is_admin=request.is_admin,
        is_active=request.is_active,
        workspace=request.workspace,
    )
    return accounts.UserReply(user=convert.user_out(changed))


def invite_user(services: Services, request: accounts.UserRef) -> accounts.InvitationReply:
    made = services.store.invite_user(request.name)
    return accounts.InvitationReply(
        user=made.user, code=made.code, path=invitation_path(made.user, made.code), expires_ms=made.expires_ms
    )


def accept_invitation(services: Services, request: accounts.AcceptInvitation) -> accounts.UserReply:
    return accounts.UserReply(user=convert.user_out(services.store.accept_invitation(request.code, request.password)))


def delete_user(services: Services, request: accounts.UserRef) -> Empty:
    services.store.delete_user(request.name)
    return Empty()


def list_roles(services: Services, request: Empty) -> roles.RolesReply:
    return roles.RolesReply(roles=tuple(map(convert.used_role_out, services.store.list_roles())))


def create_role(services: Services, request: roles.CreateRole) -> roles.RoleReply:
    asked = Role(request.name, convert.abilities_in(request.abilities), request.description)
    return roles.RoleReply(role=convert.own_role_out(services.store.create_role(asked)))


def update_role(services: Services, request: roles.UpdateRole) -> roles.RoleReply:
    changed = services.store.update_role(
        request.name,
        new_name=request.new_name,
        description=request.description,
        abilities=None if request.abilities is None else convert.abilities_in(request.abilities),
    )
    return roles.RoleReply(role=convert.own_role_out(changed))


def delete_role(services: Services, request: roles.RoleRef) -> Empty:
    services.store.delete_role(request.name)
    return Empty()


def create_token(services: Services, request: tokens.CreateToken) -> tokens.NewTokenReply:
    made = services.store.create_token(
        request.user or services.known_caller.user.name,
        name=request.name,
        scope=convert.role_in(request.scope),
        expires_ms=request.expires_ms,
        places=tuple(map(parse_place, request.places)),
    )
    return tokens.NewTokenReply(token=convert.token_out(made.token), secret=made.secret)


def list_identities(services: Services, request: identities.ListIdentities) -> identities.IdentitiesReply:
    return convert.ways_out(services.store.get_ways(request.user or services.known_caller.user.name))


def list_all_identities(services: Services, request: Empty) -> identities.WaysReply:
    return identities.WaysReply(users=tuple(map(convert.ways_out, services.store.list_ways())))


def link_identity(services: Services, request: identities.LinkIdentity) -> identities.IdentityReply:
    made = services.store.link_identity(
        request.user, issuer=request.issuer, subject=request.subject, shown=request.shown
    )
    return identities.IdentityReply(identity=convert.identity_out(made))


def unlink_identity(services: Services, request: identities.IdentityRef) -> Empty:
    services.store.unlink_identity(request.user, issuer=request.issuer, subject=request.subject)
    return Empty()


def list_tokens(services: Services, request: tokens.ListTokens) -> tokens.TokensReply:
    found = services.store.list_tokens(request.user or services.known_caller.user.name)
    return tokens.TokensReply(tokens=tuple(map(convert.token_out, found)))


def revoke_token(services: Services, request: tokens.RevokeToken) -> Empty:
    caller = services.known_caller
    user = request.user or (None if caller.rights.administers else caller.user.name)
    services.store.revoke_token(request.token_id, user=user)
    return Empty()


def set_grant(services: Services, request: grants.GrantMessage) -> Empty:
    services.store.set_grant(convert.grant_in(request))
    return Empty()


def remove_grant(services: Services, request: grants.GrantRef) -> Empty:
    services.store.remove_grant(parse_subject(request.subject), parse_place(request.place))
    return Empty()


def list_grants(services: Services, request: grants.ListGrants) -> grants.GrantsReply:
    found = services.store.list_grants(
        subject=parse_subject(request.subject) if request.subject else None,
        place=parse_place(request.place) if request.place else None,
    )
    return grants.GrantsReply(grants=tuple(map(convert.granted_out, found)))


def explain_access(services: Services, request: grants.ExplainAccess) -> grants.AccessReportReply:
    found = services.store.explain_access(
        parse_place(request.place), user=request.user, change=convert.change_in(request)
    )
    return convert.access_report_out(found)


ANSWERS: Mapping[str, Answer] = {
    "setup": set_up,
    "account": account,
    "account/roles": own_roles,
    "users/create": create_user,
    "users/get": get_user,
    "users/list": list_users,
    "users/update": update_user,
    "users/invite": invite_user,
    "invitations/accept": accept_invitation,
    "users/delete": delete_user,
    "roles/list": list_roles,
    "roles/create": create_role,
    "roles/update": update_role,
    "roles/delete": delete_role,
    "identities/list": list_identities,
    "identities/list-all": list_all_identities,
    "identities/link": link_identity,
    "identities/unlink": unlink_identity,
    "tokens/create": create_token,
    "tokens/list": list_tokens,
    "tokens/revoke": revoke_token,
    "grants/set": set_grant,
    "grants/remove": remove_grant,
    "grants/list": list_grants,
    "grants/explain": explain_access,
}
