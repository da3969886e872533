"""Pure functions and value types: standard library only; no clock, Flask, SQL, Redis or gevent."""
