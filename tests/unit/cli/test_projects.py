import json

from runfold.domain.registered_project import ProjectReading

FILE = """
name: wine
entry_points:
  main:
    parameters: {alpha: {type: float, default: 0.5}}
    command: "python train.py {alpha}"
"""


def test_a_folder_is_registered_under_its_name(run, run_json, store, tmp_path):
    folder = tmp_path / "code" / "sub"
    folder.mkdir(parents=True)
    (folder / "MLproject").write_text(FILE)

    printed = run("projects", "register", f"{tmp_path}/code#sub", "-d", "Fits.", "-q", "gpu", "-x", "speech")

    assert "Project 'wine' is registered. Entry points: main." in printed.stdout
    project = store.get_project("wine")
    settings = project.settings
    assert (settings.uri, settings.folder, settings.queue) == (str(tmp_path / "code"), "sub", "gpu")
    assert settings.experiment_id == "2"
    (listed,) = run_json("projects", "list")
    assert listed["reading"]["spec"]["entry_points"][0]["parameters"][0]["default"] == "0.5"


def test_registering_again_replaces_and_reading_finds_what_changed(run, store, tmp_path):
    (tmp_path / "one.py").write_text("")
    run("projects", "register", str(tmp_path), "-n", "scripts", "-d", "old")
    run("projects", "register", str(tmp_path), "-n", "scripts", "-d", "new")
    (tmp_path / "two.sh").write_text("")

    assert "Entry points: one.py, two.sh." in run("projects", "read", "scripts").stdout
    assert store.get_project("scripts").settings.description == "new"


def test_code_that_is_not_there_is_told(run, store, tmp_path):
    printed = run("projects", "register", str(tmp_path / "none"), "--json")

    assert "No project folder, archive or repository" in json.loads(printed.stdout)["reading"]["problem"]
    assert store.get_project("none").reading.spec is None


def test_a_project_is_forgotten(run, store):
    run("projects", "register", ".", "-n", "here")
    assert store.get_project("here").reading != ProjectReading()

    assert run("projects", "forget", "here").exit_code == 0
    assert run("projects", "forget", "here").exit_code == 3
    assert store.list_projects() == ()


def test_a_project_is_renamed(run, store):
    run("projects", "register", ".", "-n", "here")
    run("projects", "register", ".", "-n", "taken")

    assert "Project 'here' is 'there' now." in run("projects", "rename", "here", "there").stdout
    assert "Project 'there' is registered" in run("projects", "read", "here").stdout
    assert run("projects", "rename", "there", "taken").exit_code != 0
    assert [project.settings.name for project in store.list_projects()] == ["taken", "there"]
