"""Tables in LaTeX: where each begins, what macros stand for, and what a cell prints."""
