"""Words that stand alone: greeting, help, refusals, status, findings."""
