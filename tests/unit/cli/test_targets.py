import json


def test_a_target_is_added_changed_shown_listed_and_removed(run) -> None:
    added = run("targets", "add", "box", "ssh://ann@box.example/scratch", "-l", "gpu", "--gpus", "2", "--json")
    assert json.loads(added.stdout)["ssh"]["folder"] == "/scratch"
    assert run("targets", "edit", "box", "-s", "key=secret:box", "-d", "The big one").exit_code == 0
    shown = json.loads(run("targets", "show", "box", "--json").stdout)
    assert (shown["ssh"]["key"], shown["description"], shown["n_gpus"]) == ("secret:box", "The big one", 2)
    assert "ann@box.example" in run("targets", "show", "box").stdout
    assert run("targets", "list").stdout.splitlines()[1].startswith("box\tssh\tann@box.example\tgpu\t2")
    assert run("targets", "remove", "box").exit_code == 0
    assert run("targets", "show", "box").exit_code == 3


def test_a_taken_name_and_a_bad_address_are_refused(run) -> None:
    assert run("targets", "add", "here", "local:").exit_code == 0
    assert run("targets", "add", "here", "local:").exit_code == 5
    assert run("targets", "add", "there", "box").exit_code == 2
