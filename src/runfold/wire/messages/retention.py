"""Rules of retention: what is kept, for how long, and what became of the rest."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class RetiresName(enum.StrEnum):
    RUNS = "runs"
    FILES = "files"


class RuleMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        workspace: whose rule it is; empty: the server's, which is for administrators.
        place: `everything`, `workspace:NAME`, `folder:NAME` (of experiments) or `experiment:ID`; of a workspace's rule
            inside of it, where `everything` is all of it.
        filter: which runs, in the language of searches; empty: all.
        best_by: an order by a metric, such as `metrics.loss ASC`.
        keep_best, keep_last: so many of each group stay for ever.
        per: what makes a group: `parent`, `experiment`, `params.KEY`, `tags.KEY`; empty: all runs are one.
        after_days: since a run ended; what is younger stays.
        retires: whole runs, or the files below `path`.
        trash_days: until what went is purged; absent: somebody purges it by hand.
        every_hours: between two passes by the server.
        next_time_ms: of the next pass.
        kept_by: in replies, of a workspace's rule: the user with whose rights it acts, who saved it last.
        rests: in replies: why it is not carried out, active or not.
    """

    name: str
    workspace: str = ""
    place: str = "everything"
    filter: str = ""
    best_by: str = ""
    keep_best: int = 0
    keep_last: int = 0
    per: str = ""
    after_days: float = 30.0
    retires: RetiresName = RetiresName.RUNS
    path: str = ""
    trash_days: float | None = None
    every_hours: float = 24.0
    is_active: bool = True
    next_time_ms: int = 0
    kept_by: str = ""
    rests: str = ""


class ListRules(Message, frozen=True, kw_only=True):
    """
    Attributes:
        workspace: whose rules; empty: the server's own; absent: all that the caller keeps.
    """

    workspace: str | None = None


class RuleReply(Message, frozen=True, kw_only=True):
    rule: RuleMessage


class RulesReply(Message, frozen=True, kw_only=True):
    rules: tuple[RuleMessage, ...] = ()


class RuleRef(Message, frozen=True, kw_only=True):
    """
    Attributes:
        workspace: whose rule; empty: the server's.
    """

    name: str
    workspace: str = ""


class GoingMessage(Message, frozen=True, kw_only=True):
    run_id: str
    name: str
    experiment_id: str
    n_bytes: int


class StayingMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        why: `running`, `starred`, `registered`, `best`, `last` or `young`: the first that holds.
    """

    run_id: str
    name: str
    experiment_id: str
    why: str


class PlanReply(Message, frozen=True, kw_only=True):
    """What a pass would do now; nothing was changed.

    Attributes:
        going, staying: the first 1,000 of each.
        n_going, n_staying, n_bytes: of all.
        whys: how many stay, by reason.
    """

    going: tuple[GoingMessage, ...]
    staying: tuple[StayingMessage, ...]
    n_going: int
    n_staying: int
    n_bytes: int
    whys: dict[str, int]


class ListPasses(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: of a rule; empty: of all.
        workspace: whose rules; empty: the server's own; absent: all that the caller keeps.
    """

    name: str = ""
    workspace: str | None = None
    max_results: int = 100


class PassMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        workspace: whose the rule was; empty: the server's.
        by: who asked for it; empty: the schedule.
        end_time_ms: absent while it goes on, or when its process was killed.
        n_retired, n_bytes: went to the trash.
        n_purged: had gone there before, and are purged.
        error: why it ended early.
    """

    number: int
    rule: str
    workspace: str = ""
    by: str = ""
    start_time_ms: int = 0
    end_time_ms: int | None = None
    n_retired: int = 0
    n_bytes: int = 0
    n_purged: int = 0
    error: str = ""


class PassReply(Message, frozen=True, kw_only=True):
    retention_pass: PassMessage


class PassesReply(Message, frozen=True, kw_only=True):
    """Newest first."""

    passes: tuple[PassMessage, ...] = ()
