"""Tables, facts, bars and matrices of a page as a terminal shows them."""
