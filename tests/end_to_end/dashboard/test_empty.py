"""The page of a workspace without events shows commands that make one."""

import json
import shlex

import httpx
from playwright.sync_api import expect
from servers import PATIENCE
from visitor import PASSWORD

from .conftest import as_if_empty, feed


def error_text(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", ""))


def run(client: httpx.Client, command: str) -> httpx.Response:
    """Do what a shell and curl would do with the command: no test machine needs to have curl."""
    program, *words = error_text(command)
    (url,) = [word for word in words if word.startswith("http")]
    words.remove(url)
    options = dict(zip(words[::2], words[1::2], strict=True))
    name, _, value = options["-H"].partition(": ")
    assert program == "curl"
    return client.post(url, content=options["-d"], headers={name: value})


def test_commands_make_the_first_event(show):
    page = show("oscar@elsewhere.test", "/w/elsewhere")
    expect(page.get_by_text("Nothing has happened here yet")).to_be_visible()
    sign_in, track = page.locator(".empty .command").all_inner_texts()

    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        assert run(client, sign_in.replace("your password", PASSWORD)).status_code == 200
        answer = run(client, track)

    assert (answer.status_code, answer.json()["seq"]) == (200, 1)
    expect(feed(page).first).to_contain_text("message.sent")
    expect(feed(page).first).to_contain_text("Oscar")
    expect(page.get_by_text("Nothing has happened here yet")).to_be_hidden()


def test_command_can_be_copied(show):
    page = show("mika", permissions=["clipboard-read", "clipboard-write"])
    as_if_empty(page)
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#command-track").text_content()
    body = json.loads(error_text(copied)[-1])
    assert body == {"eventType": "message.sent", "eventData": {"channelId": "general"}}
