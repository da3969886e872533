"""Service state: switches that apply to every worker on every machine."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import CreatedAt


class ServiceState(Base):
    """One switch, such as `maintenance`; without a row it has never been set."""

    __tablename__ = "service_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[CreatedAt]
