"""Voyages: when and where a ship crossed a line, how long it stayed, and how sure that is."""
