"""Expected failures of the launcher, printed as one line instead of a stack trace."""


class LauncherError(Exception):
    """An expected failure; the message is the line to print. Exit code 1."""

    exit_code = 1

    def __init__(self, message: str, log_tail: str = ""):
        super().__init__(message)
        self.log_tail = log_tail


class SettingError(LauncherError):
    """An invalid setting, which the message names. Exit code 2."""

    exit_code = 2


class AlreadyRunning(LauncherError):
    """Another process holds the lock of the directory."""
