"""The conversation with Slack: reading deliveries, answering, signing in, and what can go wrong."""
