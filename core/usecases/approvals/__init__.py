"""Approvals: given, refused, and what time does to them."""
