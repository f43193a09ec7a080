"""All rules applied to a case, waivers included, and the verdict."""
