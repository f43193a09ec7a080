"""Published scorecards in every form that people have them."""
