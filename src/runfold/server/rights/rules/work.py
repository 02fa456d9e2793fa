"""Who may do what with jobs, targets, projects and secrets.

They belong to no experiment: a job runs code with the rights of its agent.
"""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.access import Role
from runfold.server.rights.rules.rule import Rule, everything, rules

_, _READER, _CONTRIBUTOR, _MANAGER = Role

WORK: Mapping[str, Rule] = {
    **rules(
        _READER,
        everything,
        *(
            "get_job",
            "get_job_steps",
            "list_jobs",
            "count_jobs",
            "get_job_grids",
            "changed_jobs",
            "read_job_log",
            "search_job_log",
            "list_agents",
        ),
        *("get_target", "list_targets", "get_project", "list_projects"),
    ),
    **rules(
        _CONTRIBUTOR,
        everything,
        *(
            "submit_job",
            "submit_jobs",
            "claim_jobs",
            "await_jobs",
            "beat_jobs",
            "report_job",
            "cancel_job",
            "retry_job",
        ),
        *("append_job_log", "list_secrets", "open_secrets"),
        *("create_project", "update_project", "rename_project", "record_project_reading"),
    ),
    **rules(
        _MANAGER,
        everything,
        *("create_target", "update_target", "delete_target", "set_secret", "delete_secret", "delete_project"),
    ),
}
