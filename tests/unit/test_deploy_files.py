"""What deploy/ and the documents name is there: figures, codes, settings, files."""

import configparser
import dataclasses
import json
import re

import pytest

from app import errors
from app.observability.telemetry import COUNTERS, GAUGES, HISTOGRAMS
from app.postgres.engines import CONNECTIONS_PER_WORKER
from app.settings.config import Settings

SUFFIXES = {"_total": COUNTERS, "": GAUGES | COUNTERS | HISTOGRAMS, "_bucket": HISTOGRAMS}
FIGURES = {f"pulse_{name}{suffix}" for suffix, names in SUFFIXES.items() for name in names}


def _is_problem(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, errors.Problem)


@pytest.mark.parametrize(
    "path", ["deploy/prometheus/alerts.yml", "deploy/grafana/pulse.json", "docs/operations.md"]
)
def test_named_metrics_exist(root, path):
    named = set(re.findall(r"\bpulse_[a-z_]+", (root / path).read_text()))
    assert len(named) > 5
    assert named <= FIGURES


def test_alert_codes_exist(root):
    text = (root / "deploy" / "prometheus" / "alerts.yml").read_text()
    named = {code for found in re.findall(r'code=~?"([^"]+)"', text) for code in found.split("|")}
    assert named
    assert named <= {kind.code for kind in vars(errors).values() if _is_problem(kind)}


def test_the_dashboard_is_one(root):
    dashboard = json.loads((root / "deploy" / "grafana" / "pulse.json").read_text())
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard["panels"]]
    assert len(set(places)) == len(places) >= 10


def test_example_settings_load(root):
    lines = (root / "deploy" / "pulse.env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    names = {field.metadata["name"] for field in dataclasses.fields(Settings)}
    assert set(given) <= names | {"PULSE_BIND", "WEB_CONCURRENCY"}
    settings = Settings.from_environ(given | {"PULSE_SECRET_KEY": "0123456789abcdef" * 2})
    assert settings.only_https
    assert settings.trusted_proxies == 1


def test_systemd_units_match_nginx(root):
    units = {}
    for name in ("pulse-analytics.service", "pulse-analytics.socket"):
        units[name] = configparser.ConfigParser(strict=False, interpolation=None)
        units[name].optionxform = str
        units[name].read(root / "deploy" / "systemd" / name)
    service = units["pulse-analytics.service"]["Service"]
    defaults = {field.metadata["name"]: field.metadata["default"] for field in dataclasses.fields(Settings)}
    assert int(service["TimeoutStopSec"]) > int(defaults["PULSE_DRAIN_SECONDS"]) + 15
    assert int(service["LimitNOFILE"]) >= int(defaults["PULSE_MAX_STREAMS_PER_WORKER"]) + 512
    socket = units["pulse-analytics.socket"]["Socket"]["ListenStream"]
    assert f"server unix:{socket} " in (root / "deploy" / "nginx" / "pulse.conf").read_text()


def test_connections_of_a_worker_are_documented(root):
    assert (
        f"opens up to {CONNECTIONS_PER_WORKER} connections" in (root / "docs" / "operations.md").read_text()
    )
