"""What people say of a model beside any log: cards, tables, declarations."""
