"""Who may do what: users and groups, tokens, roles granted on places, and how grants are weighed."""

from runfold.domain.access.accounts import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    Group,
    User,
    check_account_name,
    check_password,
)
from runfold.domain.access.grants import (
    RECORDS_BY_NAME,
    Grant,
    Place,
    PlaceKind,
    Role,
    Subject,
    SubjectKind,
    folders_of,
    parse_place,
    parse_role,
    parse_subject,
    places_of_new,
    word_for,
)
from runfold.domain.access.rights import (
    NO_AREA,
    NO_RIGHTS,
    NOWHERE,
    Area,
    Rights,
    weigh,
)
from runfold.domain.access.tokens import (
    MAX_TOKEN_PLACES,
    NewToken,
    Token,
    check_limits,
)
from runfold.domain.access.visible import (
    ALL_VISIBLE,
    NONE_VISIBLE,
    Visible,
)

__all__ = [
    "ALL_VISIBLE",
    "Area",
    "Grant",
    "Group",
    "MAX_PASSWORD",
    "MAX_TOKEN_PLACES",
    "MIN_PASSWORD",
    "NONE_VISIBLE",
    "NOWHERE",
    "NO_AREA",
    "NO_RIGHTS",
    "NewToken",
    "Place",
    "PlaceKind",
    "RECORDS_BY_NAME",
    "Rights",
    "Role",
    "Subject",
    "SubjectKind",
    "Token",
    "User",
    "Visible",
    "check_account_name",
    "check_limits",
    "check_password",
    "folders_of",
    "parse_place",
    "parse_role",
    "parse_subject",
    "places_of_new",
    "weigh",
    "word_for",
]
