"""Clock probe: how far another machine's clock is from ours."""

from __future__ import annotations

from datetime import UTC, datetime

from app.observability.probes.finding import Finding

MOST_SKEW = 1.0  # seconds


def skew(about: str, theirs: datetime) -> Finding:
    """Windows, limits and retention are off by as much as the clocks are."""
    seconds = abs((theirs - datetime.now(UTC)).total_seconds())
    return Finding(about, f"{seconds:.1f} s from ours", "run NTP on both" if seconds > MOST_SKEW else "")
