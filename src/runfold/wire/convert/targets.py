"""Targets of jobs."""

from __future__ import annotations

import msgspec

from runfold.domain.target import Target
from runfold.wire.messages.targets import TargetMessage


def target_out(target: Target) -> TargetMessage:
    return msgspec.convert(msgspec.to_builtins(target), TargetMessage)


def target_in(message: TargetMessage) -> Target:
    return msgspec.convert(msgspec.to_builtins(message), Target)
