"""axe-core finds nothing on any page in either theme, and no page violates the CSP."""

from __future__ import annotations

from pathlib import Path

import pytest
from screens import SCREENS, Screen

from .conftest import PASSWORD, email_of

AXE = Path(__file__).resolve().parents[3] / "node_modules/axe-core/axe.min.js"
# Best practices too: they are cheap, and what they find is usually right.
RUN = """async ({ rules }) => {
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
}"""
RECORD_VIOLATIONS = """
  window.violations = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    violations.push(`policy: ${violatedDirective} ${blockedURI} ${sample}`);
  });
"""
WHO = sorted({screen.who or "" for screen in SCREENS})


@pytest.fixture
def filled(olivia):
    """A token and a metric to be seen on their pages."""
    acme = "/api/workspaces/acme"
    token = olivia.post(f"{acme}/tokens", json={"name": "Build server", "scopes": ["events:write"]})
    metric = {
        "name": "rollouts",
        "title": "Roll-outs",
        "aggregate": "count",
        "types": ["order.placed"],
        "window": "1h",
    }
    olivia.post(f"{acme}/analytics/custom-metrics", json=metric).raise_for_status()
    olivia.track("message.sent", {"channelId": "general"})
    yield
    olivia.delete(f"{acme}/tokens/{token.json()['id']}").raise_for_status()
    olivia.delete(f"{acme}/analytics/custom-metrics/rollouts").raise_for_status()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.usefixtures("filled")
def test_axe_finds_nothing(open_page, who):
    page = open_page(reduced_motion="reduce", color_scheme="light")
    page.add_init_script(RECORD_VIOLATIONS)
    if who:
        page.request.post("/api/auth/login", data={"email": email_of(who), "password": PASSWORD})
    found = {screen.name: look_at(page, screen) for screen in SCREENS if (screen.who or "") == who}
    assert not any(found.values()), "\n\n".join(
        f"{name}: {what}" for name, of in found.items() for what in of
    )


def look_at(page, screen: Screen) -> list[str]:
    """What is wrong with it: everything in the light, and in the dark what light changes."""
    undo = screen.show(page)
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN, {})
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(RUN, {"rules": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    found += page.evaluate("violations")
    undo()
    return found
