"""The tests of mpac_pgw: `python -m unittest discover -s tests -t .`, with the package and httpx installed."""
