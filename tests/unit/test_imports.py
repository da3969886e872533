"""Imports go down only, and the domain is pure: the contracts of setup.cfg, kept."""

import subprocess
import sys

# In a process of its own: import-linter sets up logging anew, and would silence the loggers of every later test.
CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_the_contracts_of_setup_cfg_are_kept(root):
    run = subprocess.run([sys.executable, "-c", CHECK], cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout
