"""`flask doctor`: checks of the settings and of the services that Pulse depends on."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.extensions import db
from app.observability.doctor import examine
from app.observability.probes.finding import Finding


@click.command("doctor")
@click.option(
    "--nginx-conf",
    type=click.Path(path_type=Path),
    default="/etc/nginx/nginx.conf",
    show_default=True,
    help="The configuration of nginx on this machine, if there is one.",
)
@with_appcontext
def doctor(nginx_conf: Path) -> None:
    """Check settings, PostgreSQL, migrations, Redis, clocks and limits; print a remedy for each fault."""
    config, directory = current_app.config, current_app.extensions["migrate"].directory
    findings = []
    for finding in examine(config["PULSE"], config["PULSE_UNKNOWN"], db.engine, directory, nginx_conf):
        findings.append(finding)
        click.echo(_line(finding))
    if any(finding.is_bad for finding in findings):
        raise click.exceptions.Exit(1)


def _line(finding: Finding) -> str:
    mark = "BAD " if finding.is_bad else "mind" if finding.remedy else "ok  "
    return f"{mark}  {finding.about}: {finding.words}" + (f"  → {finding.remedy}" if finding.remedy else "")
