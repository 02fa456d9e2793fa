"""Users, groups, tokens and grants."""

from __future__ import annotations

from runfold.domain.access import Grant, NewToken, Token, User, parse_place, parse_subject
from runfold.domain.identity import LinkedIdentity, SignInWays
from runfold.domain.sessions import Session
from runfold.domain.standing import AccessReport, Change, Standing
from runfold.domain.waiting import WaitingProgram
from runfold.wire.convert.roles import abilities_in, abilities_out, role_in, role_out
from runfold.wire.messages import accounts, grants, identities, sessions, tokens
from runfold.wire.messages.roles import RoleName


def user_out(user: User) -> accounts.UserMessage:
    return accounts.UserMessage(
        name=user.name,
        user_id=user.number,
        is_admin=user.is_admin,
        is_service=user.is_service,
        is_active=user.is_active,
        creation_time_ms=user.creation_time_ms,
        workspace=user.workspace,
    )


def identity_out(linked: LinkedIdentity) -> identities.IdentityMessage:
    return identities.IdentityMessage(
        user=linked.user,
        issuer=linked.issuer,
        subject=linked.subject,
        shown=linked.shown,
        since_ms=linked.since_ms,
        last_sign_in_ms=linked.last_sign_in_ms,
    )


def identity_in(message: identities.IdentityMessage) -> LinkedIdentity:
    return LinkedIdentity(
        user=message.user,
        issuer=message.issuer,
        subject=message.subject,
        shown=message.shown,
        since_ms=message.since_ms,
        last_sign_in_ms=message.last_sign_in_ms,
    )


def ways_out(ways: SignInWays) -> identities.IdentitiesReply:
    return identities.IdentitiesReply(
        user=ways.user, identities=tuple(map(identity_out, ways.identities)), has_password=ways.has_password
    )


def ways_in(message: identities.IdentitiesReply) -> SignInWays:
    return SignInWays(
        user=message.user, identities=tuple(map(identity_in, message.identities)), has_password=message.has_password
    )


def user_in(message: accounts.UserMessage) -> User:
    return User(
        number=message.user_id,
        name=message.name,
        is_admin=message.is_admin,
        is_service=message.is_service,
        is_active=message.is_active,
        creation_time_ms=message.creation_time_ms,
        workspace=message.workspace,
    )


def session_out(session: Session, *, is_this: bool) -> sessions.SessionMessage:
    return sessions.SessionMessage(
        session_id=session.session_id,
        user=session.user,
        agent=session.agent,
        address=session.address,
        creation_time_ms=session.creation_time_ms,
        last_use_ms=session.last_use_ms,
        expires_ms=session.expires_ms,
        is_this=is_this,
    )


def session_in(message: sessions.SessionMessage) -> Session:
    return Session(
        session_id=message.session_id,
        user=message.user,
        agent=message.agent,
        address=message.address,
        creation_time_ms=message.creation_time_ms,
        last_use_ms=message.last_use_ms,
        expires_ms=message.expires_ms,
    )


def waiting_out(waiting: WaitingProgram) -> tokens.WaitingProgramReply:
    return tokens.WaitingProgramReply(
        code=waiting.code,
        program=waiting.program,
        address=waiting.address,
        scope=RoleName(waiting.scope.name),
        days=waiting.days,
        expires_ms=waiting.expires_ms,
    )


def token_out(token: Token) -> tokens.TokenMessage:
    return tokens.TokenMessage(
        token_id=token.token_id,
        user=token.user,
        name=token.name,
        scope=role_out(token.scope),
        abilities=abilities_out(token.scope.abilities),
        beginning=token.beginning,
        creation_time_ms=token.creation_time_ms,
        expires_ms=token.expires_ms,
        last_use_ms=token.last_use_ms,
        places=tuple(place.text for place in token.places),
    )


def token_in(message: tokens.TokenMessage) -> Token:
    return Token(
        token_id=message.token_id,
        user=message.user,
        name=message.name,
        scope=role_in(message.scope, message.abilities),
        beginning=message.beginning,
        creation_time_ms=message.creation_time_ms,
        expires_ms=message.expires_ms,
        last_use_ms=message.last_use_ms,
        places=tuple(map(parse_place, message.places)),
    )


def new_token_in(reply: tokens.NewTokenReply) -> NewToken:
    return NewToken(token=token_in(reply.token), secret=reply.secret)


def grant_out(grant: Grant) -> grants.GrantMessage:
    return grants.GrantMessage(subject=grant.subject.text, place=grant.place.text, role=role_out(grant.role))


def granted_out(grant: Grant) -> grants.GrantedMessage:
    return grants.GrantedMessage(
        subject=grant.subject.text,
        place=grant.place.text,
        role=role_out(grant.role),
        abilities=abilities_out(grant.role.abilities),
    )


def access_report_out(report: AccessReport) -> grants.AccessReportReply:
    return grants.AccessReportReply(
        way=tuple(place.text for place in report.way),
        grants=tuple(map(granted_out, report.grants)),
        standings=tuple(
            grants.StandingMessage(
                user=user_out(standing.user),
                role=standing.role,
                abilities=abilities_out(standing.abilities),
                before=standing.before,
                abilities_before=abilities_out(standing.abilities_before),
                grants=tuple(map(granted_out, standing.grants)),
                deciding=tuple(map(granted_out, standing.deciding)),
            )
            for standing in report.standings
        ),
    )


def access_report_in(reply: grants.AccessReportReply) -> AccessReport:
    return AccessReport(
        way=tuple(map(parse_place, reply.way)),
        grants=tuple(map(granted_in, reply.grants)),
        standings=tuple(
            Standing(
                user=user_in(standing.user),
                role=standing.role,
                abilities=abilities_in(standing.abilities),
                before=standing.before,
                abilities_before=abilities_in(standing.abilities_before),
                grants=tuple(map(granted_in, standing.grants)),
                deciding=tuple(map(granted_in, standing.deciding)),
            )
            for standing in reply.standings
        ),
    )


def change_in(request: grants.ExplainAccess) -> Change:
    """Raises InvalidValue for what is no subject or place."""
    removed = tuple((parse_subject(gone.subject), parse_place(gone.place)) for gone in request.removed)
    return Change(granted=tuple(map(grant_in, request.granted)), removed=removed)


def grant_in(message: grants.GrantMessage) -> Grant:
    """Of a request; the role counts by its name. Raises InvalidValue for what is no subject or place."""
    return Grant(subject=parse_subject(message.subject), place=parse_place(message.place), role=role_in(message.role))


def granted_in(message: grants.GrantedMessage) -> Grant:
    role = role_in(message.role, message.abilities)
    return Grant(subject=parse_subject(message.subject), place=parse_place(message.place), role=role)
