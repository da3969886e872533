"""Runs in the child before exec: sets the parent-death signal and drops root's privileges.

Run as a script: `python -I -S child_setup.py '{"parent": 123, "death_signal": 2}' program argument …`. A
separate process because this is unsafe between fork and exec in a program with threads or greenlets. exec keeps
the pid, so the parent's child *is* the program.
"""

import ctypes
import json
import os
import signal
import sys
from typing import NotRequired, TypedDict

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
REMEDY = "run as an ordinary user, or set DATABASE_URL"


class AccountOptions(TypedDict):
    """The user to become, and the paths that it has to reach."""

    uid: int
    gid: int
    reach: list[str]


class Options(TypedDict):
    """The first argument, as JSON."""

    parent: int
    death_signal: int
    account: NotRequired[AccountOptions]


def main(options: Options, command: list[str]) -> None:
    reset_signals()
    if "account" in options:
        drop_root(options["account"])
    set_parent_death_signal(options["parent"], options["death_signal"])
    os.execv(command[0], command)


def reset_signals() -> None:
    """Undo what exec keeps: blocked signals, and ignored ones (SIGPIPE by Python, SIGINT by a shell's `&`)."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def set_parent_death_signal(parent: int, death_signal: int) -> None:
    """PR_SET_PDEATHSIG: the kernel sends `death_signal` when the parent dies. A later change of user clears it."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("child_setup: the parent died before its child had started")


def drop_root(account: AccountOptions) -> None:
    """Change from root to another user who can still reach the given paths.

    A checkout often sits below a directory that only root may enter (/root, `mktemp -d`). Opening those
    directories, setting access lists on them or copying everything elsewhere would leave traces on the
    machine. Instead the process keeps one of root's capabilities, to search and read, only if it needs
    it: nothing on disk changes, and the privilege ends with the process.
    """
    uid, capability = account["uid"], available_capability()
    if capability is not None:
        # Without this, setuid drops all capabilities, and access(2), which PostgreSQL uses, ignores them.
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    try:
        os.setgroups([])
        os.setgid(account["gid"])
        os.setuid(uid)
    except OSError as error:  # a container may withhold this from its root
        sys.exit(f"child_setup: root here may not become user id {uid} ({error.strerror}): {REMEDY}")
    if capability is not None:
        set_capabilities(permitted=1 << capability)
    blocked = [path for path in account["reach"] if not os.access(path, os.X_OK)]
    if blocked and capability is None:
        sys.exit(f"child_setup: user id {uid} may not reach {blocked[0]}, nor can root here help: {REMEDY}")
    if blocked and capability is not None:
        set_capabilities(permitted=1 << capability, effective=1 << capability, inheritable=1 << capability)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
    elif capability is not None:
        set_capabilities()


def available_capability() -> int | None:
    """The weakest available capability that opens a blocked path; containers often withhold the first."""
    if sys.platform != "linux":
        return None
    with open("/proc/self/status") as status:
        held = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff"))
    may_set_securebits = held >> 8 & 1  # CAP_SETPCAP
    return next(
        (c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if may_set_securebits and held >> c & 1), None
    )


def set_capabilities(permitted: int = 0, effective: int = 0, inheritable: int = 0) -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(effective, permitted, inheritable, 0, 0, 0)
    checked(libc().capset(header, sets), "capset")


def prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    checked(libc().prctl(option, *padded), "prctl")


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, call: str) -> None:
    if result != 0:
        sys.exit(f"child_setup: {call}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        sys.exit(f"child_setup: {error}")
