"""Clock probe: the skew between another machine's clock and ours."""

from __future__ import annotations

from datetime import UTC, datetime

from app.observability.probes.finding import Finding

MAX_SKEW = 1.0  # seconds


def skew(about: str, theirs: datetime) -> Finding:
    """Compare `theirs` with our clock; windows, limits and retention are wrong by the difference."""
    seconds = abs((theirs - datetime.now(UTC)).total_seconds())
    return Finding(about, f"{seconds:.1f} s from ours", "run NTP on both" if seconds > MAX_SKEW else "")
