"""The query parameter `csv`: how a CSV file is written, for every route that has `format=csv`."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.domain.csv_text import PLAIN, STYLES, CsvStyle
from app.http.query_parameters import Parameters

ABOUT = (
    "`excel`: with a byte order mark, `;` between cells, decimal commas, and times by the clocks of the timezone. "
    "Only with `format=csv`."
)


class CsvParameters(Parameters):
    """Parameters of a route whose `form` may be CSV."""

    csv = fields.String(
        load_default="plain", validate=validate.OneOf(list(STYLES)), metadata={"description": ABOUT}
    )

    @validates_schema
    def _check_csv(self, data: dict[str, Any], **kwargs: Any) -> None:
        if STYLES[data["csv"]] is not PLAIN and data["form"] != "csv":
            raise ValidationError("Needs format=csv.", "csv")


def style_of(parameters: dict[str, Any]) -> CsvStyle:
    """The style that loaded parameters ask for."""
    return STYLES[parameters["csv"]]
