"""Light and dark theme: the system's until one is chosen, without a flash of the other."""

import pytest
from playwright.sync_api import expect

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 247, 249)", "rgb(13, 15, 18)"


@pytest.mark.parametrize(("system", "colour"), [("light", LIGHT), ("dark", DARK)])
def test_theme_follows_the_system(show, system, colour):
    page = show("mika", color_scheme=system)
    assert page.evaluate(BACKGROUND) == colour
    page.goto("/w/nowhere")
    assert page.evaluate(BACKGROUND) == colour


@pytest.mark.parametrize(
    ("system", "choice", "colour"),
    [("light", "Dark", DARK), ("dark", "Light", LIGHT), ("dark", "As the system", DARK)],
)
def test_chosen_theme_is_stored(show, system, choice, colour):
    page = show("mika", color_scheme=system)
    page.get_by_role("button", name="Theme").click()
    page.get_by_text(choice, exact=True).click()
    assert page.evaluate(BACKGROUND) == colour
    page.reload()
    assert page.evaluate(BACKGROUND) == colour
    page.get_by_role("button", name="Theme").click()
    expect(page.get_by_role("radio", name=choice)).to_be_checked()


def test_theme_is_set_before_first_paint(show):
    page = show("mika", color_scheme="light")
    page.evaluate("localStorage.setItem('pulse-theme', 'dark')")
    page.add_init_script(
        """new MutationObserver((_, observer) => {
             if (!document.body) return;
             window.themeAtFirstBody = document.documentElement.dataset.theme;
             observer.disconnect();
           }).observe(document, { childList: true, subtree: true })"""
    )
    page.reload()
    assert page.evaluate("window.themeAtFirstBody") == "dark"
