"""Statements: looking at them, editing, files, history."""
