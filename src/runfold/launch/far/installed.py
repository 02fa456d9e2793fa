"""What an environment holds."""

from __future__ import annotations

import glob
import importlib.metadata
import json
import os


def packages_of(prefix: str) -> dict[str, str]:
    """What an environment holds: files by name, in forms that pip and conda can make the same of again."""
    described: dict[str, str] = {}
    for site in sorted(glob.glob(os.path.join(glob.escape(prefix), "lib", "python3*", "site-packages"))):
        found = importlib.metadata.distributions(path=[site])
        lines = {"{}=={}".format(item.metadata["Name"], item.version) for item in found if item.metadata["Name"]}
        python = os.path.basename(os.path.dirname(site)).replace("python", "Python ")
        described["packages.txt"] = "".join(line + "\n" for line in [f"# {python}", *sorted(lines, key=str.lower)])
    lines = set()
    for path in glob.glob(os.path.join(glob.escape(prefix), "conda-meta", "*.json")):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        digest = record.get("md5") or record.get("sha256")
        lines.add(record["url"] + (f"#{digest}" if digest else ""))
    if lines:
        described["conda-packages.txt"] = "".join(line + "\n" for line in ["@EXPLICIT", *sorted(lines)])
    return described
