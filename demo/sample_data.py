"""Sample data of the demo: people, channels, orchestrators, and texts."""

# Users that post events if `flask demo create` has created them; Vera is a viewer and only reads.
PEOPLE = ("olivia@acme.test", "mika@acme.test", "noor@acme.test", "sam@acme.test", "ines@acme.test")

# Channels, with the weight of their messages.
CHANNELS = {"general": 8, "engineering": 7, "design": 5, "support": 4, "sales": 2, "random": 3}

# Channels that are created and archived.
PROJECTS = ("launch-week", "offsite", "hiring", "rebrand", "incident-room")

ORCHESTRATORS = {
    "planner-1": "Planner",
    "reviewer-2": "Reviewer",
    "researcher-3": "Researcher",
    "scribe-4": "Scribe",
    "triage-5": "Triage",
}

TASKS = (
    "Summarise yesterday's support threads",
    "Review the pricing page copy",
    "Draft the release notes",
    "Collect feedback on the new onboarding",
    "Sort the incoming bug reports",
    "Prepare the quarterly figures",
    "Compare the three hosting offers",
    "Translate the welcome mail",
    "Check the links in the handbook",
    "Plan the next design sprint",
    "Write up the incident of last night",
    "Tidy the backlog",
)

FILES = (
    ("logo.svg", 18_204),
    ("roadmap.pdf", 412_880),
    ("interview-notes.md", 6_310),
    ("dashboard-dark.png", 233_015),
    ("q3-figures.xlsx", 88_412),
    ("standup.mp4", 24_118_300),
    ("error.log", 51_907),
)

SEARCHES = (
    "quarterly plan",
    "logo",
    "how to deploy",
    "holiday list",
    "invoice 2041",
    "flaky test",
    "onboarding",
)

EMOJI = ("👍", "🎉", "❤️", "👀", "🚀", "😄", "✅", "🙏")
