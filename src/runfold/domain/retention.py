"""Rules of what is kept, and for how long.

A rule looks at the finished runs that its filter finds at its place. Of these it keeps the best and the last ones of
each group, whatever is protected, and what is not old enough; the rest goes to the trash, as whole runs or as the files
below a path, and is purged when its time there is over.

A rule is the server's, or belongs to a workspace: then it sees nothing but what lies there, and does nothing that the
user who saved it last may not do.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

import msgspec

from runfold.domain.access import Place, PlaceKind
from runfold.domain.artifact import ArtifactPath
from runfold.domain.ids import RunId
from runfold.domain.limits import check_text
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue

DAY_MS = 86_400_000
MAX_NAME = 100
_MAX_KEEP = 1_000_000
_MAX_DAYS = 36_500


class Retires(enum.StrEnum):
    """What of a run goes: all of it, or the files below a path."""

    RUNS = "runs"
    FILES = "files"


class RuleKey(NamedTuple):
    """What a rule is known by: names hold in a workspace. An empty one is that of the server's own rules."""

    workspace: str
    name: str

    @property
    def text(self) -> str:
        return f"{self.workspace}/{self.name}" if self.workspace else self.name


class RetentionRule(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        workspace: whose rule it is; empty: the server's.
        place: everything, a workspace, a folder of experiments, or an experiment. In a rule of a workspace that is all
            of it if nothing else is said, and the name of a folder holds there.
        filter: the language of `runfold.search`; empty: all runs.
        best_by: an order by a metric, such as `metrics.loss ASC`; needed for `keep_best`.
        keep_best, keep_last: so many of each group stay for ever. NaN and missing values are never best.
        per: what makes a group: `parent`, `experiment`, or `params.KEY` or `tags.KEY`; empty: all runs are one.
        after_days: since a run ended; what is younger stays.
        path: with `Retires.FILES`, below which.
        trash_days: until what went is purged; None: somebody purges it by hand.
        every_hours: between two passes by the server.
        next_time_ms: of the next pass; 0, for a new rule: after `every_hours`, so that there is time to look at it.
        kept_by: of a workspace's rule, the user with whose rights it acts: who saved it last. Stores set it.
        rests: why a server does not carry it out, active or not; empty: nothing is in the way. Servers set it.
    """

    name: str
    workspace: str = ""
    place: Place = Place(PlaceKind.EVERYTHING)
    filter: str = ""
    best_by: str = ""
    keep_best: int = 0
    keep_last: int = 0
    per: str = ""
    after_days: float = 30.0
    retires: Retires = Retires.RUNS
    path: str = ""
    trash_days: float | None = 30.0
    every_hours: float = 24.0
    is_active: bool = True
    next_time_ms: int = 0
    kept_by: str = ""
    rests: str = ""

    def __post_init__(self) -> None:
        if self.workspace:
            msgspec.structs.force_setattr(self, "place", _within(self.place, self.workspace))

    @property
    def key(self) -> RuleKey:
        return RuleKey(self.workspace, self.name)

    def check(self) -> None:
        """Raises InvalidValue for what makes no rule; filter and order are for the language to check."""
        check_text("name of a rule", self.name)
        if not self.name.strip() or len(self.name) > MAX_NAME or self.name != self.name.strip():
            raise InvalidValue(f"A rule needs a name of 1 to {MAX_NAME} characters, without blanks around it.")
        if self.place.kind not in _PLACES:
            raise InvalidValue("A rule is about runs: its place is everything, folder:NAME or experiment:ID.")
        if self.workspace and not self._is_at_home:
            raise InvalidValue(
                f"A rule of the workspace {self.workspace!r} is about what lies in it; {self.place.text!r} does not."
            )
        for name in ("keep_best", "keep_last"):
            if not 0 <= getattr(self, name) <= _MAX_KEEP:
                raise InvalidValue(f"{name} is {getattr(self, name)}; it must be 0 to {_MAX_KEEP}.")
        if bool(self.keep_best) != bool(self.best_by):
            raise InvalidValue("keep_best and best_by go together: how many, and by which metric.")
        for name, value in (("after_days", self.after_days), ("trash_days", self.trash_days)):
            if value is not None and not 0 <= value <= _MAX_DAYS:
                raise InvalidValue(f"{name} is {value}; it must be 0 to {_MAX_DAYS}.")
        if not 0.1 <= self.every_hours <= 24 * _MAX_DAYS:
            raise InvalidValue(f"every_hours is {self.every_hours}; it must be 0.1 or more.")
        if not 0 <= self.next_time_ms < 2**53:
            raise InvalidValue(f"next_time_ms is {self.next_time_ms}; it must be Unix milliseconds.")
        if (self.retires is Retires.FILES) != bool(self.path):
            raise InvalidValue("A rule about files needs the path below which they go; one about runs has none.")
        if self.path:
            ArtifactPath(self.path)

    @property
    def _is_at_home(self) -> bool:
        """Of an experiment, which has an id of its own, stores know where it lies."""
        match self.place.kind:
            case PlaceKind.WORKSPACE:
                return self.place.key == self.workspace
            case PlaceKind.FOLDER:
                return self.place.workspace == self.workspace
        return True


_PLACES = frozenset({PlaceKind.EVERYTHING, PlaceKind.WORKSPACE, PlaceKind.FOLDER, PlaceKind.EXPERIMENT})


def _within(place: Place, workspace: str) -> Place:
    if place.kind is PlaceKind.EVERYTHING:
        return Place(PlaceKind.WORKSPACE, workspace)
    if place.kind is PlaceKind.FOLDER and place.workspace == DEFAULT_WORKSPACE:
        return Place(PlaceKind.FOLDER, place.key, workspace)
    return place


class Why(enum.StrEnum):
    """Why a run stays; the first reason that holds is told."""

    RUNNING = "running"
    PROTECTED = "starred"
    REGISTERED = "registered"
    BEST = "best"
    LAST = "last"
    YOUNG = "young"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A run as far as a rule looks at it.

    Attributes:
        value: of the metric; None: missing or NaN.
        age_from_ms: when it ended; of a lost run, when it was last heard of.
    """

    run_id: RunId
    name: str = ""
    experiment_id: str = ""
    artifact_uri: str = ""
    group: str = ""
    value: float | None = None
    start_time_ms: int = 0
    age_from_ms: int = 0
    is_running: bool = False
    is_protected: bool = False
    is_registered: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a run; `why` None: it goes."""

    candidate: Candidate
    why: Why | None = None


def decide(rule: RetentionRule, candidates: Iterable[Candidate], *, descending: bool, now_ms: int) -> list[Decision]:
    """What a rule means for the runs that its filter finds, in their order.

    Ties of the metric, and the last ones: newest start first, then run id, as searches order.

    Args:
        descending: whether large values of the metric are the best.
    """
    groups: dict[str, list[Candidate]] = {}
    found = list(candidates)
    for one in found:
        groups.setdefault(one.group, []).append(one)
    best: set[RunId] = set()
    last: set[RunId] = set()
    for group in groups.values():
        newest = sorted(group, key=lambda one: (-one.start_time_ms, one.run_id))
        last.update(one.run_id for one in newest[: rule.keep_last])
        best.update(_best(newest, rule.keep_best, descending=descending))
    before_ms = now_ms - int(rule.after_days * DAY_MS)
    return [Decision(candidate=one, why=_why(one, best, last, before_ms)) for one in found]


def _best(newest: Sequence[Candidate], n: int, *, descending: bool) -> list[RunId]:
    valued = [(one.value, one.run_id) for one in newest if one.value is not None]
    valued.sort(key=lambda pair: pair[0], reverse=descending)  # stable, in this direction, too
    return [run_id for _, run_id in valued[:n]]


def _why(one: Candidate, best: set[RunId], last: set[RunId], before_ms: int) -> Why | None:
    reasons = (
        (Why.RUNNING, one.is_running),
        (Why.PROTECTED, one.is_protected),
        (Why.REGISTERED, one.is_registered),
        (Why.BEST, one.run_id in best),
        (Why.LAST, one.run_id in last),
        (Why.YOUNG, one.age_from_ms > before_ms),
    )
    return next((why for why, holds in reasons if holds), None)


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """A run that goes, or whose files do.

    Attributes:
        n_bytes: of its files that go, as far as the server knows.
    """

    run_id: RunId
    name: str
    experiment_id: str
    n_bytes: int


class Staying(msgspec.Struct, frozen=True, kw_only=True):
    run_id: RunId
    name: str
    experiment_id: str
    why: Why


class RetentionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass would do now.

    Attributes:
        going, staying: the first ones of each.
        n_going, n_staying, n_bytes: of all.
        whys: how many stay, by reason.
    """

    going: tuple[Going, ...] = ()
    staying: tuple[Staying, ...] = ()
    n_going: int = 0
    n_staying: int = 0
    n_bytes: int = 0
    whys: dict[str, int] = {}


class PassPart(msgspec.Struct, frozen=True, kw_only=True):
    """What of a pass was about one experiment."""

    experiment_id: str
    n_retired: int = 0
    n_bytes: int = 0
    n_purged: int = 0


class RetentionPass(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass of a rule did.

    Attributes:
        number: counts up over all rules.
        workspace: whose the rule was; empty: the server's.
        by: who asked for it; empty: the schedule.
        end_time_ms: None while it goes on, or when its process was killed.
        n_retired, n_bytes: went to the trash.
        n_purged: that had gone before and whose time in the trash was over.
        error: why it ended early; empty: it did not.
        parts: the counts by experiment; of passes of before there were parts, none. Not told over HTTP.
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
    parts: tuple[PassPart, ...] = ()

    @property
    def key(self) -> RuleKey:
        return RuleKey(self.workspace, self.rule)

    def about(self, experiment_ids: Container[str]) -> RetentionPass:
        """What of it these experiments know, and nothing that tells of others."""
        parts = tuple(part for part in self.parts if part.experiment_id in experiment_ids)
        return msgspec.structs.replace(
            self,
            n_retired=sum(part.n_retired for part in parts),
            n_bytes=sum(part.n_bytes for part in parts),
            n_purged=sum(part.n_purged for part in parts),
            parts=parts,
        )


class TrashItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule has sent to the trash.

    Attributes:
        path: of the files; empty: the whole run.
        time_ms: when; a run that was restored since has no such time of deletion any more.
    """

    number: int
    run_id: RunId
    path: str
    n_bytes: int
    time_ms: int
