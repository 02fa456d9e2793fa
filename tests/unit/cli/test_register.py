import json
import re
from pathlib import Path

import pytest

DOCUMENT = {"experiment_name": "speech", "run_name": "old", "params": {"lr": 1}, "metrics": {"wer": [[0, 5, 0.5]]}}


@pytest.fixture
def write(tmp_path):
    def make(name: str, text: str) -> str:
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return make


def test_one_document(run, run_json, write):
    (outcome,) = run_json("register", write("run.json", json.dumps(DOCUMENT)))

    found = run_json("runs", "show", outcome["run_id"])
    assert (outcome["is_new"], found["params"], found["metrics"]["wer"]["last"]) == (True, {"lr": "1"}, 0.5)


def test_the_same_document_again_changes_nothing(run, run_json, write):
    path = write("one.json", json.dumps(DOCUMENT))

    first, second = run_json("register", path)[0], run_json("register", path)[0]

    assert first["run_id"] == second["run_id"]
    assert second["is_new"] is False


def test_a_line_that_fails_is_told_with_its_place_and_the_next_is_tried(run, write):
    path = write("all.ndjson", f'{json.dumps(DOCUMENT)}\n\n{{"experiment_name": 3}}\n{json.dumps(DOCUMENT)} \n')

    result = run("register", path)

    assert result.exit_code == 2
    assert "all.ndjson line 3: " in result.stderr
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["old", "old"]


def test_a_folder_with_files(run, run_json, write):
    write("case/run.json", json.dumps(DOCUMENT))
    path = write("case/artifacts/sub/notes.txt", "converged\n")

    (outcome,) = run_json("register", str(Path(path).parents[2]))

    assert run("artifacts", "get", outcome["run_id"], "sub/notes.txt", "-o", "-").stdout == "converged\n"


def test_a_folder_of_documents(run_json, write):
    path = write("a.json", json.dumps(DOCUMENT))
    write("b.jsonl", json.dumps({**DOCUMENT, "run_name": "b"}))
    write("c/run.json", json.dumps({**DOCUMENT, "run_name": "c"}))
    write("ignored.txt", "no document")

    assert len(run_json("register", str(Path(path).parent))) == 3


def test_a_missing_file_is_a_usage_error_and_an_empty_folder_a_failure(run, tmp_path):
    (tmp_path / "empty").mkdir()

    assert run("register", str(tmp_path / "none.json")).exit_code == 2
    assert run("register", str(tmp_path / "empty")).exit_code == 1


def test_the_example_of_the_documentation_registers(run, run_json, write):
    page = Path(__file__).parents[3] / "docs" / "how-to" / "register.md"
    (example,) = re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL)

    (outcome,) = run_json("register", write("example.json", example))

    assert run("artifacts", "get", outcome["run_id"], "notes.txt", "-o", "-").stdout == "converged\n"
    assert run_json("runs", "show", outcome["run_id"])["metrics"]["residual"]["min"] == 0.1
