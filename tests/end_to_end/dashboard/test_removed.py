"""The page of a removed member stops and shows no further events."""

from playwright.sync_api import expect
from servers import until

from .conftest import badge, feed, figure, notice

MEMBERS = "/api/workspaces/acme/members"
ADD = """
    INSERT INTO memberships (workspace_id, user_id, role)
    SELECT workspaces.id, users.id, 'member' FROM workspaces, users
    WHERE slug = 'acme' AND email = 'mika@acme.test' ON CONFLICT DO NOTHING
"""


def test_removed_member_loses_the_page(show, olivia, sql):
    page = show("mika")
    [mika] = [one for one in olivia.get(MEMBERS).json()["data"] if one["name"] == "Mika"]
    try:
        olivia.delete(f"{MEMBERS}/{mika['userId']}").raise_for_status()
        expect(badge(page)).to_have_attribute("data-condition", "failed")
        expect(notice(page)).to_contain_text("you are not a member of it")
        before = (feed(page).count(), figure(page, "messagesToday").inner_text())
        olivia.track("message.sent", {"channelId": "secret"})
        until(lambda: olivia.snapshot()["meta"]["connections"] == 0, "no stream is open")
        assert (feed(page).count(), figure(page, "messagesToday").inner_text()) == before
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("nothing here", ignore_case=True)
    finally:
        sql(ADD)
