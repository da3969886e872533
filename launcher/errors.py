"""The failures that a person is told in one line instead of a stack trace."""


class LauncherError(Exception):
    """Something expected went wrong; the text is the line to print. Exit code 1."""

    exit_code = 1

    def __init__(self, message: str, log_tail: str = ""):
        super().__init__(message)
        self.log_tail = log_tail


class SettingError(LauncherError):
    """A setting is wrong, and the text names it. Exit code 2."""

    exit_code = 2


class AlreadyRunning(LauncherError):
    """Another process holds the directory."""
