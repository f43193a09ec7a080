"""Reports of SWE-bench."""
