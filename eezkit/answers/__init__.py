"""What an answer is: its words and columns, legs, belts and rights, the sentence."""

from eezkit.answers.answer import Answer
from eezkit.answers.found import Located
from eezkit.answers.legs import Leg

__all__ = ["Answer", "Leg", "Located"]
