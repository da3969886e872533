"""A self-signed certificate for 127.0.0.1, for servers that speak TLS in tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """The files of a new certificate and of its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    openssl = shutil.which("openssl")
    assert openssl, "openssl makes the certificate: install it"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:pulse.example.org"]
    files = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-out", certificate, "-keyout", key]
    subprocess.run([openssl, "req", *files, *names], check=True, capture_output=True)
    return certificate, key
