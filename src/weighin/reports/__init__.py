"""How the verdict is told: terminal, JSON, JUnit, Markdown."""
