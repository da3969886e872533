"""How long gunicorn lets a connection wait for its next request: no period that clients or proxies use."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# In a process of its own, for gunicorn's configuration is about the whole of one.
WAITS = """
import json, runpy
from types import SimpleNamespace

conf = runpy.run_path("gunicorn.conf.py")
worker = object.__new__(conf["Worker"])
worker.cfg = SimpleNamespace(keepalive=conf["keepalive"])
worker._sockets, worker._waiting, worker._asked = {}, {}, set()
waits = []
for _ in range(3):
    with worker.timeout_ctx() as timeout:
        waits.append(timeout.seconds)
conf["on_exit"](None)
print(json.dumps(waits))
"""
NGINX = 60  # seconds: for which nginx keeps a connection to us


def test_connection_outlasts_the_periods_of_clients_and_proxies():
    done = subprocess.run([sys.executable, "-c", WAITS], cwd=ROOT, capture_output=True, text=True, check=True)
    first, *later = json.loads(done.stdout)
    assert later == [75, 75]
    assert later[0] > NGINX
    assert first == 15  # who has said nothing yet: as long as before
