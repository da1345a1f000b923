"""Maritime zones: whose water is this, how far is it to the line, and how sure are we."""
