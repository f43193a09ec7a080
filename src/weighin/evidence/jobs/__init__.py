"""A job: what makes two one, and what is known of it before it runs."""
