"""The atlas that comes with eezkit, as data; made by `data/build.py` of the repository."""
