"""Which settings of decoding there are, what each may hold, and what it is compared with."""
