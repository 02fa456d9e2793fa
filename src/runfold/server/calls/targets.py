"""Targets. The server keeps them and connects to none: a test is a job, done by an agent that reaches the target."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.job import target_test
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import jobs, targets
from runfold.wire.messages.base import Empty


def create(services: Services, request: targets.PutTarget) -> targets.TargetReply:
    target = services.store.create_target(convert.target_in(request.target))
    return targets.TargetReply(target=convert.target_out(target))


def update(services: Services, request: targets.PutTarget) -> targets.TargetReply:
    target = services.store.update_target(convert.target_in(request.target))
    return targets.TargetReply(target=convert.target_out(target))


def get(services: Services, request: targets.TargetRef) -> targets.TargetReply:
    return targets.TargetReply(target=convert.target_out(services.store.get_target(request.name)))


def list_targets(services: Services, request: Empty) -> targets.TargetsReply:
    return targets.TargetsReply(targets=tuple(map(convert.target_out, services.store.list_targets())))


def delete(services: Services, request: targets.TargetRef) -> Empty:
    services.store.delete_target(request.name)
    return Empty()


def test(services: Services, request: targets.TestTarget) -> jobs.JobReply:
    job = services.store.submit_job(target_test(request.name, queue=request.queue, user_id=request.user_id))
    return jobs.JobReply(job=convert.job_out(job))


ANSWERS: Mapping[str, Answer] = {
    "targets/create": create,
    "targets/update": update,
    "targets/get": get,
    "targets/list": list_targets,
    "targets/delete": delete,
    "targets/test": test,
}
