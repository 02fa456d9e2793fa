"""Users, groups, tokens and grants."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.access import level_of, parse_place, parse_subject
from runfold.domain.links import invitation_path
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import access as m
from runfold.wire.messages.base import Empty


def set_up(services: Services, request: m.SetUp) -> m.UserReply:
    return m.UserReply(user=convert.user_out(services.store.finish_setup(request.code, request.name, request.password)))


def account(services: Services, request: Empty) -> m.AccountReply:
    caller = services.known_caller
    return m.AccountReply(
        user=convert.user_out(caller.user),
        scope=convert.role_out(level_of(caller.rights.most)),
        everything=convert.role_out(level_of(caller.rights.on_everything())),
        session_id=caller.session_id,
    )


def own_roles(services: Services, request: m.AskOwnRoles) -> m.OwnRolesReply:
    return m.OwnRolesReply(
        roles=tuple(
            m.OwnRoleMessage(record=one.record, role=convert.role_out(one.role), begins=one.begins)
            for one in services.own_roles(request.records)
        )
    )


def create_user(services: Services, request: m.CreateUser) -> m.UserReply:
    made = services.store.create_user(
        request.name, password=request.password, is_admin=request.is_admin, is_service=request.is_service
    )
    return m.UserReply(user=convert.user_out(made))


def get_user(services: Services, request: m.UserRef) -> m.UserReply:
    return m.UserReply(user=convert.user_out(services.store.get_user(request.name)))


def list_users(services: Services, request: Empty) -> m.UsersReply:
    return m.UsersReply(users=tuple(map(convert.user_out, services.store.list_users())))


def update_user(services: Services, request: m.UpdateUser) -> m.UserReply:
    changed = services.store.update_user(
        request.name,
        password=request.password,
        is_admin=request.is_admin,
        is_active=request.is_active,
        workspace=request.workspace,
    )
    return m.UserReply(user=convert.user_out(changed))


def invite_user(services: Services, request: m.UserRef) -> m.InvitationReply:
    made = services.store.invite_user(request.name)
    return m.InvitationReply(
        user=made.user, code=made.code, path=invitation_path(made.user, made.code), expires_ms=made.expires_ms
    )


def accept_invitation(services: Services, request: m.AcceptInvitation) -> m.UserReply:
    return m.UserReply(user=convert.user_out(services.store.accept_invitation(request.code, request.password)))


def delete_user(services: Services, request: m.UserRef) -> Empty:
    services.store.delete_user(request.name)
    return Empty()


def set_group(services: Services, request: m.GroupMessage) -> m.GroupReply:
    return m.GroupReply(group=convert.group_out(services.store.set_group(request.name, request.members)))


def list_groups(services: Services, request: Empty) -> m.GroupsReply:
    return m.GroupsReply(groups=tuple(map(convert.group_out, services.store.list_groups())))


def delete_group(services: Services, request: m.GroupRef) -> Empty:
    services.store.delete_group(request.name)
    return Empty()


def create_token(services: Services, request: m.CreateToken) -> m.NewTokenReply:
    made = services.store.create_token(
        request.user or services.known_caller.user.name,
        name=request.name,
        scope=convert.role_in(request.scope),
        expires_ms=request.expires_ms,
        places=tuple(map(parse_place, request.places)),
    )
    return m.NewTokenReply(token=convert.token_out(made.token), secret=made.secret)


def list_identities(services: Services, request: m.ListIdentities) -> m.IdentitiesReply:
    return convert.ways_out(services.store.get_ways(request.user or services.known_caller.user.name))


def list_all_identities(services: Services, request: Empty) -> m.WaysReply:
    return m.WaysReply(users=tuple(map(convert.ways_out, services.store.list_ways())))


def link_identity(services: Services, request: m.LinkIdentity) -> m.IdentityReply:
    made = services.store.link_identity(
        request.user, issuer=request.issuer, subject=request.subject, shown=request.shown
    )
    return m.IdentityReply(identity=convert.identity_out(made))


def unlink_identity(services: Services, request: m.IdentityRef) -> Empty:
    services.store.unlink_identity(request.user, issuer=request.issuer, subject=request.subject)
    return Empty()


def list_tokens(services: Services, request: m.ListTokens) -> m.TokensReply:
    found = services.store.list_tokens(request.user or services.known_caller.user.name)
    return m.TokensReply(tokens=tuple(map(convert.token_out, found)))


def revoke_token(services: Services, request: m.RevokeToken) -> Empty:
    caller = services.known_caller
    user = request.user or (None if caller.rights.administers else caller.user.name)
    services.store.revoke_token(request.token_id, user=user)
    return Empty()


def set_grant(services: Services, request: m.GrantMessage) -> Empty:
    services.store.set_grant(convert.grant_in(request))
    return Empty()


def remove_grant(services: Services, request: m.GrantRef) -> Empty:
    services.store.remove_grant(parse_subject(request.subject), parse_place(request.place))
    return Empty()


def list_grants(services: Services, request: m.ListGrants) -> m.GrantsReply:
    found = services.store.list_grants(
        subject=parse_subject(request.subject) if request.subject else None,
        place=parse_place(request.place) if request.place else None,
    )
    return m.GrantsReply(grants=tuple(map(convert.grant_out, found)))


def explain_access(services: Services, request: m.ExplainAccess) -> m.AccessReportReply:
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
    "groups/set": set_group,
    "groups/list": list_groups,
    "groups/delete": delete_group,
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
