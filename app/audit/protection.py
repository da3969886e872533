"""Protecting the audit log: a second PostgreSQL role owns its table, and the service's may only INSERT and SELECT.

As long as the service's role owns the table, an attacker in the service can disable the trigger that makes the log
append-only. Afterwards migrations run as the owner role, and transfer all other objects to the service's role.
"""

from __future__ import annotations

from sqlalchemy import Connection, Row

from app.errors import Problem

LOG = "audit_entries"
GUARD = "refuse_change_of_audit_entries()"

OWNERS = """
    SELECT current_user AS me, log.relowner = me.oid AS log_is_mine, events.relowner = me.oid AS all_is_mine,
           events.relowner::regrole::text AS service, quote_ident(nspname) AS schema
    FROM pg_class AS log, pg_roles AS me,
         pg_class AS events JOIN pg_namespace ON pg_namespace.oid = events.relnamespace
    WHERE log.oid = to_regclass('audit_entries') AND events.oid = to_regclass('events')
    AND me.rolname = current_user
"""
OWN_TABLES = """
    SELECT pg_class.oid::regclass::text FROM pg_class JOIN pg_roles AS me ON relowner = me.oid
    WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'audit_entries'::regclass)
    AND me.rolname = current_user AND relkind IN ('r', 'p') AND pg_class.oid <> 'audit_entries'::regclass
"""
# Each of these rights would bypass the remaining privileges.
BYPASSES = """
    SELECT rolsuper AS is_superuser, pg_has_role(rolname, current_user, 'MEMBER') AS is_owner,
           pg_has_role(rolname, nspowner, 'MEMBER') AS owns_schema, quote_ident(rolname) AS name
    FROM pg_roles, pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE rolname = %s AND pg_class.oid = 'audit_entries'::regclass
"""


def hand_over(connection: Connection) -> None:
    """Transfer what a migration by the owner role has made to the service's role. Does not commit."""
    owners = connection.exec_driver_sql(OWNERS).one_or_none()
    if owners and owners.log_is_mine and not owners.all_is_mine:
        _transfer_all_else(connection, owners.service)


def protect(connection: Connection, service: str) -> None:
    """Make this connection's role the owner of the log, and `service` that of all else. Does not commit.

    Raises Problem for a role that could bypass it.
    """
    owners = connection.exec_driver_sql(OWNERS).one_or_none()
    if owners is None:
        raise Problem("The database has no tables yet: run `flask db upgrade` first.")
    role = _safe_role(connection, owners.me, service)
    connection.exec_driver_sql(f"ALTER TABLE {LOG} OWNER TO CURRENT_USER")
    connection.exec_driver_sql(f"ALTER FUNCTION {GUARD} OWNER TO CURRENT_USER")
    # The service creates and drops the partitions of the event log.
    connection.exec_driver_sql(f"GRANT USAGE, CREATE ON SCHEMA {owners.schema} TO {role.name}")
    _transfer_all_else(connection, role.name)
    connection.exec_driver_sql(f"REVOKE ALL ON {LOG} FROM PUBLIC, {role.name}")
    connection.exec_driver_sql(f"GRANT SELECT, INSERT ON {LOG} TO {role.name}")


def _transfer_all_else(connection: Connection, service: str) -> None:
    for (table,) in connection.exec_driver_sql(OWN_TABLES).all():
        connection.exec_driver_sql(f"ALTER TABLE {table} OWNER TO {service}")


def _safe_role(connection: Connection, me: str, service: str) -> Row[bool, bool, bool, str]:
    """The service's role; raises Problem if it could bypass the protection."""
    role = connection.exec_driver_sql(BYPASSES, (service,)).one_or_none()
    if role is None:
        raise Problem(f"There is no role {service}.")
    if service == me:
        raise Problem(
            f"DATABASE_URL is that of {service} itself: run this as the role that is to own the log."
        )
    if role.is_superuser:
        raise Problem(f"{service} is a superuser, to whom no privilege applies.")
    if role.is_owner:
        raise Problem(f"{service} is a member of {me}, and could act as it: REVOKE {me} FROM {role.name}.")
    if role.owns_schema:
        raise Problem(
            f"{service} owns the database or its schema, and could drop the log: give them to {me}."
        )
    return role
