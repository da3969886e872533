"""Imports go down only, and the domain is pure: the contracts of setup.cfg, kept."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_the_contracts_of_setup_cfg_are_kept(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    status = lint_imports(config_filename="setup.cfg", no_cache=True)
    output = capsys.readouterr().out
    assert status == EXIT_STATUS_SUCCESS, output
    assert "0 broken" in output
