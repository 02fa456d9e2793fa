import json

from click.testing import CliRunner

from runfold.cli import main


def test_a_secret_is_kept_listed_and_forgotten_and_never_shown(uri: str, run) -> None:
    kept = CliRunner().invoke(main, ["secrets", "set", "wine", "-u", uri, "--json"], input="hunter22\n")
    assert (kept.exit_code, json.loads(kept.stdout)["name"]) == (0, "wine")
    assert run("secrets", "set", "pass", "--from", "command:pass show wine", "-d", "ours").exit_code == 0
    listed = run("secrets", "list").stdout
    assert "kept, sealed" in listed
    assert "command:pass show wine" in listed
    assert "hunter22" not in kept.output + listed + run("secrets", "list", "--json").stdout
    assert run("secrets", "remove", "wine").exit_code == 0
    assert run("secrets", "remove", "wine").exit_code == 3
