"""What waits, what runs and what was: Home, and past pushes."""
