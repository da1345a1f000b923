"""All about one position, as a value: the answer, and what follows from it in law."""

from eezkit.reports.finding import Report, report
from eezkit.reports.sections import Section, kind_words, lead_of, short_length

__all__ = ["Report", "Section", "kind_words", "lead_of", "report", "short_length"]
