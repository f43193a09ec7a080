"""Tables in plain text: blocks of lines, out of their frames, then cells by bars or by columns."""
