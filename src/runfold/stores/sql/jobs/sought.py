"""What a job is looked for by: columns that its row has beside the work itself."""

from __future__ import annotations

from runfold.domain import known_tags
from runfold.domain.job import JobId, NewJob

MAX_TEXT = 20_000
_MAX_USER, _MAX_GRID = 250, 100


def wanted_by(work: NewJob, job_id: JobId) -> dict[str, str]:
    """The columns of a new row. The project is no part of the text: it may be renamed."""
    parameters = (f"{name}={value}" for name, value in work.parameters.items())
    said = (job_id, work.uri, work.version, work.entry_point, work.run_name, work.kind.value, work.origin)
    places = (work.queue, work.target, work.user_id, *work.labels)
    text = "\n".join(filter(None, (*said, *parameters, *places))).replace("\0", "")
    return {
        "target": work.target,
        "user_id": work.user_id[:_MAX_USER],
        "grid": work.tags.get(known_tags.GRID, "")[:_MAX_GRID],
        "search_text": text.casefold()[:MAX_TEXT],
    }
