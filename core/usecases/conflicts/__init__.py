"""Conflicts: found, settled, merged."""
