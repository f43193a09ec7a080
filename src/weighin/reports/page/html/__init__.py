"""A page as one HTML file: no script, no request, for any browser and for print."""

from weighin.reports.page.html.document import document

__all__ = ["document"]
