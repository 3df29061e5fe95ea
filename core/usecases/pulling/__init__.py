"""Taking over what ServiceNow holds."""
