"""Becomes another program that dies with its parent, as an account without root's powers where one is given.

Run as a script: `python -I -S guard.py '{"parent": 123, "death_signal": 2}' program argument …`. A fresh
process may do before its exec what is unsafe right after the fork of a program with threads or greenlets, and
exec keeps the pid, so the parent's child *is* the program.
"""

import ctypes
import json
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
WAY_OUT = "run as an ordinary user, or set DATABASE_URL"


def main(orders: dict, command: list[str]) -> None:
    reset_signals()
    if "uid" in orders:
        become(orders["uid"], orders["gid"], orders["reach"])
    die_with(orders["parent"], orders["death_signal"])
    os.execv(command[0], command)


def reset_signals() -> None:
    """An ignored or blocked signal stays so across exec, and Python ignores SIGPIPE, a shell's `&` SIGINT."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def die_with(parent: int, death_signal: int) -> None:
    """Ask the kernel for `death_signal` when the parent dies; a later change of user would clear that."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("guard: the parent died before its child had begun")


def become(uid: int, gid: int, reach: list[str]) -> None:
    """Turn from root into another user who can still reach the given paths.

    A checkout often sits below a directory that only root may enter (/root, `mktemp -d`). Opening those
    directories, granting access lists on them or copying everything elsewhere would leave traces on a machine
    that is not ours. Instead the process keeps one of root's capabilities, to search and read, and only if it
    cannot do without: nothing on disk changes, and the privilege ends with the process.
    """
    kept = spare_capability()
    if kept is not None:
        # Without this, setuid drops all capabilities, and access(2), which PostgreSQL uses, ignores ours.
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    try:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    except OSError as error:  # a container may withhold this from its root
        sys.exit(f"guard: root here may not become user id {uid} ({error.strerror}): {WAY_OUT}")
    if kept is not None:
        set_capabilities(permitted=1 << kept)
    barred = [path for path in reach if not os.access(path, os.X_OK)]
    if barred and kept is None:
        sys.exit(f"guard: user id {uid} may not reach {barred[0]}, nor can root here help: {WAY_OUT}")
    if barred:
        set_capabilities(permitted=1 << kept, effective=1 << kept, inheritable=1 << kept)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept)
    elif kept is not None:
        set_capabilities()


def spare_capability() -> int | None:
    """The weakest capability at hand that opens a barred path; containers often withhold the first."""
    if sys.platform != "linux":
        return None
    with open("/proc/self/status") as status:
        held = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff"))
    may_keep = held >> 8 & 1  # CAP_SETPCAP, which setting the secure bits needs
    return next((c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if may_keep and held >> c & 1), None)


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
        sys.exit(f"guard: {call}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        sys.exit(f"guard: {error}")
