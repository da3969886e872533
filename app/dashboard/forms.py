"""Server-rendered forms: the values as they were typed, and each error beside the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType

from flask import make_response, request
from werkzeug.wrappers import Response

from app.auth.access import Access, require_person
from app.auth.reauthentication import confirm, require_recent
from app.auth.schema import PasswordAgain
from app.errors import AuthRequired, Errors, InvalidInput, NotFound, Problem, RateLimited, ReauthRequired
from app.http.json_body import read_form
from app.http.validation import load_body

FORM_LIMIT = 16 * 1024  # bytes
PASSWORD = "password"  # the field of a re-authentication
WHOLE_FORM = "form"  # the key of errors that are about no field
Values = Mapping[str, Sequence[str]]


class PageForm:
    """One form of a page: its values, its errors by field, and the status of the answer that shows it.

    As a context manager it catches the problems that a service function raises, so that the code after the block
    shows the form again with all that was typed:

        form = PageForm.submitted("email", "role")
        with form:
            form.confirm_password()
            invite(access, form.json("email", "role"))
            return redirect(…)
        return form.response(render_template(…, form=form))
    """

    def __init__(self, *fields: str, values: Values | None = None, renamed: Mapping[str, str] | None = None):
        """`fields` in the order of the page; `renamed` maps a schema's field to the one that shows its errors."""
        self.fields = (*fields, PASSWORD)
        self.errors: Errors = {}
        self.asks_password = False
        self._values = values or {}
        self._renamed = renamed or {}
        self._status = 200
        self._retry_after: int | None = None

    @classmethod
    def submitted(cls, *fields: str, renamed: Mapping[str, str] | None = None) -> PageForm:
        """The form of this POST; raises PayloadTooLarge."""
        read_form(FORM_LIMIT)
        form = cls(*fields, values=request.form.to_dict(flat=False), renamed=renamed)
        form.asks_password = PASSWORD in request.form
        return form

    def value(self, field: str) -> str:
        """The only or first value of a field; empty if it has none."""
        return next(iter(self._values.get(field, ())), "")

    def values(self, field: str) -> list[str]:
        """All values of a field, such as the boxes that are ticked."""
        return list(self._values.get(field, ()))

    def json(self, *fields: str) -> dict[str, object]:
        """The fields by name, as the JSON API gets them; a field that was not sent is left out."""
        return {field: self.value(field) for field in fields if field in self._values}

    @property
    def focus(self) -> str:
        """Where the focus begins: the first field with an error, else the password if it is needed."""
        wrong = next((field for field in (WHOLE_FORM, *self.fields) if field in self.errors), "")
        return wrong or (PASSWORD if self.asks_password and self._status != 200 else "")

    def ask_password_unless_recent(self, access: Access) -> None:
        """Show the field for the password, unless this session has shown its password lately."""
        try:
            require_recent(access)
        except ReauthRequired:
            self.asks_password = True

    def confirm_password(self) -> None:
        """Note that the session has shown its password, if the form has it; raises InvalidInput, RateLimited."""
        if password := self.value(PASSWORD):
            confirm(require_person(), **load_body(PasswordAgain, {PASSWORD: password}))
            self.asks_password = False

    def response(self, page: str) -> Response:
        """The page that shows the form, with the status of the problem that it shows."""
        response = make_response(page, self._status)
        if self._retry_after is not None:
            response.headers["Retry-After"] = str(self._retry_after)
        return response

    def __enter__(self) -> PageForm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep a problem that the form can show. What it cannot is an error page: no session, no such thing."""
        if not isinstance(error, Problem) or isinstance(error, AuthRequired | NotFound):
            return False
        self._show(error)
        return True

    def _show(self, problem: Problem) -> None:
        self._status = problem.status
        self._retry_after = problem.retry_after
        words = problem.detail or f"{problem.title}."
        if isinstance(problem, ReauthRequired):
            if self.asks_password:  # and nothing was typed
                self.errors = {PASSWORD: [words]}
            self.asks_password = True
        elif isinstance(problem, RateLimited):
            self.errors = {WHOLE_FORM: [f"Too many tries. {words}"]}
        elif isinstance(problem, InvalidInput) and problem.errors:
            self.errors = self._by_field(problem.errors)
        else:
            self.errors = {WHOLE_FORM: [words]}

    def _by_field(self, errors: Errors) -> Errors:
        """A schema's errors by field of the form: by path, items as their list, the rest as the form."""
        found: Errors = {}
        for path, messages in errors.items():
            name = path.split(".", 1)[0]
            field = path if path in self.fields else self._renamed.get(name, name)
            if field in self.fields:
                found.setdefault(field, []).extend(messages)
            else:
                found.setdefault(WHOLE_FORM, []).extend(f"{path}: {message}" for message in messages)
        return found
