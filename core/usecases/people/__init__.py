"""Who acts: people, and programs with tokens."""
