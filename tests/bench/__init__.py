"""Speed and memory as ratios against a baseline measured in the same run. Not part of CI: `make bench`.

Does not belong here: tests of what is right; a bench still compares both results, so that neither side cheats.
"""
