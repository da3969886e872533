"""The doctor behind a real proxy that buffers: the finding, and the setting that corrects it."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import Front

MUTE_FOR = 11_000  # milliseconds; the doctor waits for ten seconds


def test_doctor_names_the_setting(browser_of, front: Front, olivia):
    olivia.track("doctor.calls")
    front.buffer(True)
    context = browser_of("mika")
    context.clock.install()
    page = context.new_page()
    page.goto("/doctor")
    first = page.locator(".finding").filter(has_text="The first frame comes at once")
    expect(page.locator(".finding").first).to_have_attribute("data-tone", "good")  # the head is there
    page.clock.fast_forward(MUTE_FOR)
    expect(first).to_have_attribute("data-tone", "bad")
    expect(first.locator("pre")).to_contain_text("proxy_buffering off;")
    first.get_by_text("For other proxies").click()
    expect(first.locator("code")).to_contain_text("@compressed not header Accept text/event-stream")
    expect(page.locator("#summary")).to_have_text("One thing is wrong, and here is what mends it.")

    front.buffer(False)
    page.get_by_role("button", name="Look again").click()
    expect(first).to_have_attribute("data-tone", "good")
