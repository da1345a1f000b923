"""What an answer is: its words and columns, legs, belts and rights, the sentence."""

from eezkit.answers.answer import Answer
from eezkit.answers.found import Distances, Located

__all__ = ["Answer", "Distances", "Located"]
