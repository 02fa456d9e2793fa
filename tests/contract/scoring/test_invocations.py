"""Requests to MLflow 3.18's scoring server and its answers, recorded; ours must be the same.

Three recorded answers were changed on purpose: NaN is null here, since JSON has no word for it, and of two cases
MLflow's own parser of times is the reason that they fail there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.scoring.exchange import score
from tests.contract.scoring.models import MODELS

CASES = json.loads((Path(__file__).parent / "invocations.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_answers_are_those_of_mlflow(case: dict[str, Any]) -> None:
    reply = score(MODELS[case["model"]], case["body"], case["content_type"])

    if case["status"] == 200:
        assert (reply.status, reply.document) == (200, case["answer"])
    else:
        assert reply.status == case["status"], reply.body
        if case["error_code"]:
            assert reply.document["error_code"] == case["error_code"]
        assert reply.document["message"]
