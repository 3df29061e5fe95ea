"""The tables this server starts with: a small GRC model, and the platform's own tables that a client reads."""

from .schema import Column, Schema, Table, table

STATEMENTS = "sn_compliance_statement"
CONTROLS = "sn_compliance_control"
SYSTEMS = "sn_grc_profile"
STATEMENT_FIELD = "u_implementation_statement"

_STATES = tuple((value, value.capitalize()) for value in ("draft", "attest", "review", "monitor", "retired"))
_STATUSES = tuple((value, value.replace("_", " ").capitalize()) for value in ("compliant", "non_compliant"))


def _true(element: str, label: str) -> Column:
    return Column(element, label, "boolean", default="true")


def _ref(element: str, label: str, target: str) -> Column:
    return Column(element, label, "reference", 32, target)


def _grc() -> list[Table]:
    return [
        table(
            "sn_grc_item",
            "Item",
            Column("number", "Number"),
            Column("name", "Name", max_length=255),
            Column("state", "State", "choice", default="draft", choices=_STATES),
            Column("owner", "Owner", "reference", 32, "sys_user"),
            Column("additional_information", "Additional information", "string", 4000),
            Column("work_notes", "Work notes", "journal_input", 4000),
            _true("active", "Active"),
            display="number",
        ),
        table(
            CONTROLS,
            "Control",
            _ref("system", "System", SYSTEMS),
            Column("status", "Status", "choice", choices=_STATUSES),
            Column("description", "Description", "string", 4000),
            parent="sn_grc_item",
        ),
        table(
            STATEMENTS,
            "Implementation statement",
            _ref("control", "Control", CONTROLS),
            Column(STATEMENT_FIELD, "Implementation statement", "html", 65536),
            Column("u_plain_statement", "Plain statement", "string", 8000),
            Column("u_reviewer_note", "Reviewer note", "string", 1000),
            parent="sn_grc_item",
        ),
        table(
            SYSTEMS,
            "Entity",
            Column("name", "Name", max_length=255),
            Column("description", "Description", "string", 4000),
            _true("active", "Active"),
            display="name",
        ),
    ]


def _people() -> list[Table]:
    return [
        table(
            "sys_user",
            "User",
            Column("user_name", "User ID"),
            Column("name", "Name", max_length=100),
            Column("email", "Email", "email", 100),
            Column("time_zone", "Time zone"),
            Column("date_format", "Date format"),
            Column("locked_out", "Locked out", "boolean", default="false"),
            Column("web_service_access_only", "Web service access only", "boolean", default="false"),
            Column("user_password", "Password", "password2", 255),
            _true("active", "Active"),
            display="name",
        ),
        table("sys_user_role", "Role", Column("name", "Name", max_length=100), display="name"),
        table(
            "sys_user_has_role",
            "User Role",
            _ref("user", "User", "sys_user"),
            _ref("role", "Role", "sys_user_role"),
            Column("inherited", "Inherited", "boolean", default="false"),
            Column("state", "State", default="active"),
        ),
    ]


def _platform() -> list[Table]:
    return [
        table(
            "sys_audit",
            "Audit",
            Column("tablename", "Table name", max_length=80),
            Column("fieldname", "Field name", max_length=80),
            Column("documentkey", "Document key", max_length=32),
            Column("oldvalue", "Old value", "string", 65536),
            Column("newvalue", "New value", "string", 65536),
            Column("user", "User"),
            Column("reason", "Reason"),
            Column("record_checkpoint", "Update count", "integer"),
        ),
        table(
            "sys_dictionary",
            "Dictionary Entry",
            Column("name", "Table", max_length=80),
            Column("element", "Column name", max_length=80),
            Column("column_label", "Column label", max_length=80),
            Column("internal_type", "Type", max_length=40),
            Column("max_length", "Max length", "integer"),
            Column("reference", "Reference", max_length=80),
            Column("read_only", "Read only", "boolean"),
            Column("mandatory", "Mandatory", "boolean"),
            Column("attributes", "Attributes", max_length=1000),
            Column("audit", "Audit", "boolean"),
            Column("display", "Display", "boolean"),
            _true("active", "Active"),
        ),
        table(
            "sys_db_object",
            "Table",
            Column("name", "Name", max_length=80),
            Column("label", "Label", max_length=80),
            Column("ws_access", "Allow access to this table via web services", "boolean"),
            _ref("super_class", "Extends table", "sys_db_object"),
            display="label",
        ),
        table(
            "sys_properties",
            "System Property",
            Column("name", "Name", max_length=100),
            Column("value", "Value", max_length=4000),
            display="name",
        ),
    ]


def stock_schema() -> Schema:
    """A new schema with all tables of this server. Auditing starts off, as on tables nobody has set it for."""
    return Schema([*_grc(), *_people(), *_platform()])
