"""A checkpoint that is loaded into this process, and what lies in its memory."""
