"""Tables and constraints, nothing else. Importing this package registers them all for migrations."""

from app.domain.roles import ROLES
from app.models.annotation import Annotation
from app.models.audit import AuditEntry
from app.models.custom_metric import CustomMetric
from app.models.dashboard import Dashboard
from app.models.event import Event, EventHead, EventId
from app.models.history import RollUp, Sample
from app.models.invitation import Invitation
from app.models.outbound_mail import OutboundMail
from app.models.projection import (
    Channel,
    HourCount,
    MessageDeletion,
    MinuteCount,
    Orchestrator,
    SessionPresence,
    Task,
    UserPresence,
)
from app.models.service_state import ServiceState
from app.models.token import Token
from app.models.user import LoginSession, PasswordReset, User
from app.models.workspace import Membership, Workspace

__all__ = [
    "ROLES",
    "Annotation",
    "AuditEntry",
    "Channel",
    "CustomMetric",
    "Dashboard",
    "Event",
    "EventHead",
    "EventId",
    "HourCount",
    "Invitation",
    "LoginSession",
    "Membership",
    "MessageDeletion",
    "MinuteCount",
    "Orchestrator",
    "OutboundMail",
    "PasswordReset",
    "RollUp",
    "Sample",
    "ServiceState",
    "SessionPresence",
    "Task",
    "Token",
    "User",
    "UserPresence",
    "Workspace",
]
