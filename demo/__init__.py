"""The demo workspace's life: made-up people and orchestrators whose events go through the public HTTP API."""
