"""Views for one person: Home, settings, reminders, deeds."""
