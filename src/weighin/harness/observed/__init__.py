"""What was seen of what answered, for either kind of subject, and of the harness around it."""
