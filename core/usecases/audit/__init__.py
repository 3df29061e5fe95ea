"""Reading the audit trail: checked, searched, as evidence, as history."""
