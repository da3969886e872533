"""Prometheus itself says that the rules of deploy/ are valid, and which trouble raises which alert."""

import subprocess

import debian
import pytest


@pytest.fixture(scope="module")
def promtool(root):
    program = debian.program("prometheus", "usr/bin/promtool")
    assert program, "promtool cannot be had from the system's packages"

    def run(*arguments):
        command = [program.path, *arguments]
        return subprocess.run(
            command, cwd=root / "deploy" / "prometheus", env=program.environ, capture_output=True, text=True
        )

    return run


@pytest.mark.parametrize("command", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts.test.yml")])
def test_promtool_accepts_rules_and_their_tests(promtool, command):
    done = promtool(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_test_that_it_fires(root):
    rules, tests = (
        (root / "deploy" / "prometheus" / name).read_text() for name in ("alerts.yml", "alerts.test.yml")
    )
    named = {line.split(":")[1].strip() for line in rules.splitlines() if "- alert:" in line}
    fired = {
        block.split("\n")[0].strip()
        for block in tests.split("alertname:")[1:]
        if "exp_labels" in block.split("- eval")[0]
    }
    assert named == fired
