"""All about one position, as a value: the answer, and what follows from it in law."""

from eezkit.reports.report import Report, dataset_names, report

__all__ = ["Report", "dataset_names", "report"]
