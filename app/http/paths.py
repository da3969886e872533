"""Paths of the API that belong to a workspace, by slug or id: one spelling for all routes."""

WORKSPACE = "/api/workspaces/<workspace>"
ANALYTICS = f"{WORKSPACE}/analytics"
