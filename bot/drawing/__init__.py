"""What stands in Slack for longer than an answer, kept like the rows it is a drawing of."""
