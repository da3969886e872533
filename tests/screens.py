"""Every screen there is: where it is, who sees it, how it comes to look so. Read by axe, and for screenshots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from playwright.sync_api import Page, Route, expect

DASHBOARD = "/w/acme"
NUMBERS = count(1)
LOOKS_FOR = 90_000  # milliseconds: longer than two heartbeats, as they are by default


def as_it_is(_: Page) -> None:
    """Nothing needs to be done."""


@dataclass(frozen=True)
class Screen:
    """`arrange` does what makes it look so, and returns what undoes that where a reload would not."""

    name: str
    path: str
    who: str | None = "olivia"  # owns; None is a visitor
    arrange: Callable[[Page], Callable[[], object] | None] = as_it_is
    widths: tuple[str, ...] = ("1440", "390")  # in which there is anything of it to see

    def show(self, page: Page) -> Callable[[], object]:
        """Go there, wait until it is live if it ever is, and arrange it; returns what undoes that."""
        page.goto(self.path)
        if page.locator("#badge").count():
            expect(page.locator("#badge")).to_have_attribute("data-condition", "live")
        return self.arrange(page) or (lambda: None)


def press(*names: str) -> Callable[[Page], None]:
    """Buttons, one after the other."""

    def arrange(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=name, exact=True).click()

    return arrange


def open_menu(button: str, menu: str) -> Callable[[Page], None]:
    def arrange(page: Page) -> None:
        page.locator(button).click()
        expect(page.locator(menu)).to_be_visible()

    return arrange


def wrong_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill("mika@acme.test")
    page.get_by_label("Password").fill("not it")
    press("Sign in")(page)
    expect(page.get_by_role("alert")).to_be_visible()


def chart(page: Page) -> None:
    expect(page.locator(".chart-readout")).not_to_be_empty()
    expect(page.locator(".chart canvas, .chart-note:not([hidden])").first).to_be_visible()


def explanation(page: Page) -> None:
    press("What it is")(page)
    expect(page.locator(".explanation-window")).not_to_be_empty()


def selected_bars(page: Page) -> None:
    chart(page)
    for key in ("End", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        page.locator(".chart").press(key)
    expect(page.locator(".chart-open")).to_be_visible()


def one_event(page: Page) -> None:
    page.locator(".row-button").first.click()
    expect(page.locator("#event-dialog .event-received")).not_to_have_text("…")


def paused(page: Page) -> None:
    page.locator(".feed-pause").click()


def track_faults(page: Page) -> None:
    press("Track an event")(page)
    page.get_by_label("Event type").fill("Not A Type")
    page.locator("#track-data").fill("[1")
    page.get_by_role("dialog").get_by_role("button", name="Track", exact=True).click()
    expect(page.locator("#track-data-faults")).not_to_be_empty()


def sign_in_here(page: Page) -> None:
    page.evaluate("document.querySelector('#sign-in-dialog').showModal()")


def offline(page: Page) -> Callable[[], None]:
    page.context.set_offline(True)
    expect(page.locator("#notices .notice")).to_be_visible()
    return lambda: page.context.set_offline(False)


def examined(page: Page) -> None:
    expect(page.locator("#summary")).to_contain_text("wrong", timeout=LOOKS_FOR)  # nothing is, or something


def cut_off(page: Page) -> Callable[[], None]:
    """As behind a proxy that cuts the stream at once."""
    page.route("**/analytics/realtime", answer_for_the_server)
    page.get_by_role("button", name="Look again").click()
    expect(page.locator(".finding-remedy:not([hidden])")).to_be_visible()
    return lambda: page.unroute("**/analytics/realtime")


def answer_for_the_server(route: Route) -> None:
    route.fulfill(content_type="text/event-stream", body="")


def removal(page: Page) -> None:
    revocation(page, "Remove Roll-outs")


def revocation(page: Page, name: str = "Revoke Build server") -> None:
    """The question before something goes, in a dialog."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("alertdialog")).to_be_visible()


def signed_out(page: Page) -> Callable[[], object]:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    press("Make token")(page)
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    return lambda: page.context.add_cookies(cookies)


def made_token(page: Page) -> Callable[[], object]:
    page.get_by_label("Name").fill("Nightly import")
    press("Make token")(page)
    expect(page.locator("#made-token")).to_be_visible()

    def revoke() -> None:
        revocation(page, "Revoke Nightly import")
        press("Revoke")(page)
        expect(page.locator("#done")).to_be_visible()

    return revoke


def close_all(page: Page) -> Callable[[], object]:
    """It takes somebody who listens."""
    dashboard = page.context.new_page()
    dashboard.goto(DASHBOARD)
    expect(dashboard.locator("#badge")).to_have_attribute("data-condition", "live")
    page.reload()
    revocation(page, "Close all")
    return dashboard.close


def wrong_zone(page: Page) -> None:
    page.get_by_label("Timezone").fill("Berlin")
    page.get_by_label("Strict").check()
    press("Save")(page)
    expect(page.locator("#timezone-error")).to_be_visible()


def unused_address() -> str:
    """Another one each time: few mails go to the same one within a minute."""
    return f"nina.{next(NUMBERS)}.with-a-long-name@example.acme.test"


def invited(page: Page) -> Callable[[], object]:
    address = unused_address()
    page.get_by_label("E-mail address").fill(address)
    press("Invite")(page)
    expect(page.locator("#link")).to_be_visible()

    def revoke() -> None:
        revocation(page, f"Revoke the invitation of {address}")
        press("Revoke")(page)
        expect(page.locator("#done")).to_be_visible()

    return revoke


def invitation(page: Page) -> tuple[str, Callable[[], object]]:
    """The address of a new one, and what revokes it."""
    path = "/api/workspaces/acme/invitations"
    answer = page.request.post(path, data={"email": unused_address(), "role": "admin"})
    made = answer.json()["data"]
    return made["url"], lambda: page.request.delete(f"{path}/{made['id']}")


def own_invitation(page: Page) -> Callable[[], object]:
    address, revoke = invitation(page)
    page.goto(address)
    return revoke


def invitation_of_a_stranger(page: Page) -> Callable[[], object]:
    (address, revoke), cookies = invitation(page), page.context.cookies()
    page.context.clear_cookies()
    page.goto(address)
    page.get_by_label("Your name").fill("Nina")
    page.get_by_label("Choose a password").fill("trustno1")
    press("Create my account and join")(page)
    expect(page.get_by_role("alert")).to_be_visible()

    def undo() -> None:
        page.context.add_cookies(cookies)
        revoke()

    return undo


def new_password(page: Page) -> None:
    members = page.request.get("/api/workspaces/acme/members").json()["data"]
    [vera] = [member["userId"] for member in members if member["name"] == "Vera"]
    answer = page.request.post(f"/api/workspaces/acme/members/{vera}/reset-link")
    page.goto(answer.json()["data"]["url"])


def member_removal(page: Page) -> None:
    revocation(page, "Remove Mika")


def refused_removal(page: Page) -> None:
    revocation(page, "Remove Olivia")
    press("Remove")(page)
    expect(page.get_by_role("alert")).to_be_visible()


def metric_faults(page: Page) -> None:
    press("Condition", "Save metric")(page)
    expect(page.locator("#name-error")).to_be_visible()


def metric_preview(page: Page) -> None:
    """Messages of the last hour."""
    page.get_by_label("Name").fill("messages")
    page.get_by_label("Title").fill("Messages of the last hour")
    page.get_by_label("Types of events").fill("message.sent")
    page.get_by_text("1 hour", exact=True).click()
    press("Preview")(page)
    expect(page.get_by_role("region", name="Preview")).to_be_visible()


def metric_question(page: Page) -> None:
    """A misspelt type, and a preview of it."""
    page.get_by_label("Name").fill("bigOrders")
    page.get_by_label("Types of events").fill("order.placd")
    press("Preview")(page)
    expect(page.get_by_role("alert")).to_be_visible()


SCREENS = (
    Screen("sign-in", "/login", None),
    Screen("sign-in-refused", "/login", None, wrong_password),
    Screen("dashboard", DASHBOARD),
    Screen("dashboard-viewer", DASHBOARD, "vera"),
    Screen("dashboard-empty", "/w/elsewhere", "oscar@elsewhere.test"),
    Screen("dashboard-filtered", f"{DASHBOARD}?channel=no-such-channel"),
    Screen("dashboard-paused", DASHBOARD, arrange=paused),
    Screen("dashboard-offline", DASHBOARD, arrange=offline),
    Screen("connection", DASHBOARD, arrange=open_menu("#badge", "#connection-panel")),
    Screen("theme-menu", DASHBOARD, arrange=open_menu(".theme-button", "#theme-menu")),
    Screen("person-menu", DASHBOARD, arrange=open_menu(".person", "#person-menu")),
    Screen("range-menu", DASHBOARD, arrange=open_menu("#range-button", "#range-menu")),
    Screen(
        "filter-menu", f"{DASHBOARD}?channel=general", arrange=open_menu("#filter-button", "#filter-menu")
    ),
    Screen("past", f"{DASHBOARD}?range=yesterday&compare=previous", arrange=chart),
    Screen("bars", f"{DASHBOARD}?range=24h&compare=yesterday", arrange=selected_bars),
    Screen("line", f"{DASHBOARD}?metric=onlineUsers&range=24h", arrange=chart),
    Screen("explanation", DASHBOARD, arrange=explanation),
    Screen("choose-cards", DASHBOARD, arrange=press("Choose cards")),
    Screen("event", DASHBOARD, arrange=one_event),
    Screen("track", DASHBOARD, arrange=press("Track an event")),
    Screen("track-faults", DASHBOARD, arrange=track_faults),
    Screen("shortcuts", DASHBOARD, arrange=press("Keyboard shortcuts"), widths=("1440",)),
    Screen("sign-in-here", DASHBOARD, arrange=sign_in_here),
    Screen("kiosk", f"{DASHBOARD}?kiosk=1"),
    Screen("account", "/account"),
    Screen("audit", f"{DASHBOARD}/audit"),
    Screen("audit-nothing", f"{DASHBOARD}/audit?action=custom-metric.removed&since=2020-01-01&until=x"),
    Screen("leave", f"{DASHBOARD}/leave"),
    Screen("forgot", "/forgot", None),
    Screen("invite", "/account", arrange=own_invitation),
    Screen("invite-new", "/account", arrange=invitation_of_a_stranger),
    Screen("reset", "/account", arrange=new_password),
    Screen("link-over", "/reset/not-a-link", None),
    Screen("invitation-over", "/invite/not-a-link", None),
    Screen("doctor", "/doctor", arrange=examined),
    Screen("doctor-wrong", "/doctor", arrange=cut_off),
    Screen("tokens", f"{DASHBOARD}/tokens"),
    Screen("tokens-new", f"{DASHBOARD}/tokens/new"),
    Screen("tokens-wrong", f"{DASHBOARD}/tokens/new", arrange=press("Make token")),
    Screen("tokens-signed-out", f"{DASHBOARD}/tokens/new", arrange=signed_out),
    Screen("tokens-made", f"{DASHBOARD}/tokens/new", arrange=made_token),
    Screen("tokens-revoke", f"{DASHBOARD}/tokens", arrange=revocation),
    Screen("connections", f"{DASHBOARD}/connections"),
    Screen("connections-close-all", f"{DASHBOARD}/connections", arrange=close_all),
    Screen("members", f"{DASHBOARD}/members"),
    Screen("members-invite", f"{DASHBOARD}/members/invite"),
    Screen("members-invite-wrong", f"{DASHBOARD}/members/invite", arrange=press("Invite")),
    Screen("members-invited", f"{DASHBOARD}/members/invite", arrange=invited),
    Screen("members-remove", f"{DASHBOARD}/members", arrange=member_removal),
    Screen("members-remove-refused", f"{DASHBOARD}/members", arrange=refused_removal),
    Screen("settings", f"{DASHBOARD}/settings"),
    Screen("settings-wrong", f"{DASHBOARD}/settings", arrange=wrong_zone),
    Screen("metrics", f"{DASHBOARD}/metrics"),
    Screen("metrics-new", f"{DASHBOARD}/metrics/new"),
    Screen("metrics-faults", f"{DASHBOARD}/metrics/new", arrange=metric_faults),
    Screen("metrics-preview", f"{DASHBOARD}/metrics/new", arrange=metric_preview),
    Screen("metrics-question", f"{DASHBOARD}/metrics/new", arrange=metric_question),
    Screen("metrics-remove", f"{DASHBOARD}/metrics", arrange=removal),
    Screen("api", "/api/docs", None),
    Screen("api-operation", "/api/docs#ingest_post_event", None),
    Screen("nothing-here", "/w/nowhere"),
)
