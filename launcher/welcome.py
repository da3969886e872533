"""The text printed after a start: the address and the accounts to sign in with."""

from launcher.instance import Instance
from launcher.settings import LauncherSettings

PEOPLE = (
    ("olivia@acme.test", "owner of acme"),
    ("mika@acme.test", "member of acme"),
    ("vera@acme.test", "viewer of acme: reads only"),
    ("oscar@elsewhere.test", "owner of elsewhere"),
)


def welcome_lines(settings: LauncherSettings, instance: Instance) -> list[str]:
    """The lines to print; the last one is the address."""
    address = f"http://127.0.0.1:{settings.port}"
    if not settings.demo:
        return [
            "",
            "No demo in this database: PULSE_DEMO=1 would make the workspaces acme and elsewhere, and people.",
            f"Sign in at {address}/login. Logs are in {instance.logs}. Ctrl-C stops everything.",
            f"Pulse is live at {address}/",
        ]
    password = (
        "the password is PULSE_DEMO_PASSWORD"
        if settings.demo_password
        else f"password {instance.demo_password()}"
    )
    traffic = (
        f"{settings.demo_traffic:g} demo events a second" if settings.demo_traffic else "no demo traffic"
    )
    return [
        "",
        f"Sign in at {address}/login, {password}",
        *(f"    {email:<22} {role}" for email, role in PEOPLE),
        "",
        f"{traffic[0].upper()}{traffic[1:]}. Logs are in {instance.logs}. Ctrl-C stops everything.",
        f"Pulse is live at {address}/w/acme",
    ]
