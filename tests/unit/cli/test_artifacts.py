import pytest

A1 = "a1" * 16


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "report"
    (made / "plots").mkdir(parents=True)
    (made / "card.md").write_text("# Card\n")
    (made / "plots" / "roc.png").write_bytes(b"\x89PNG")
    return made


def test_put_ls_get_rm(run, run_json, folder, tmp_path):
    assert run("artifacts", "put", "a1", str(folder), str(folder / "card.md")).exit_code == 0

    assert run("artifacts", "ls", "a1").stdout == "path\tsize\ncard.md\t7 B\nreport/\t\n"
    assert [item["path"] for item in run_json("artifacts", "ls", "a1", "report", "-r")] == [
        "report/card.md",
        "report/plots",
        "report/plots/roc.png",
    ]

    assert run("artifacts", "get", "a1", "report", "-o", str(tmp_path / "back")).exit_code == 0
    assert (tmp_path / "back" / "plots" / "roc.png").read_bytes() == b"\x89PNG"
    assert run("artifacts", "get", "a1", "card.md", "-o", "-").stdout == "# Card\n"

    assert run("artifacts", "rm", "a1", "report").exit_code == 2
    assert run("artifacts", "rm", "a1", "report", "-r", "card.md").exit_code == 0
    assert run_json("artifacts", "ls", "a1") == []


def test_a_missing_path_exits_3(run):
    assert run("artifacts", "ls", "a1", "nothing").exit_code == 3
    assert run("artifacts", "get", "a1", "nothing").exit_code == 3
    assert run("artifacts", "rm", "a1", "nothing").exit_code == 3


@pytest.mark.parametrize("path", ["../secret", "a/../../b", "a\\b"])
def test_a_path_that_leads_out_exits_2(run, path):
    assert run("artifacts", "get", "a1", path).exit_code == 2
