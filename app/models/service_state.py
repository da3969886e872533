"""Service state: switches of the whole service, which every worker of every machine honours."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.columns import CreatedAt


class ServiceState(db.Model):
    """One switch, such as `maintenance`; one that was never set has no row."""

    __tablename__ = "service_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[CreatedAt]
