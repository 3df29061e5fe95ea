"""The web server: its edge, its paths, and what operators read of it."""
