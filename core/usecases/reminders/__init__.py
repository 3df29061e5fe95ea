"""What people are told without asking: digests, round-ups, findings."""
