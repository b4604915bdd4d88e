"""A program that prints the names of its environment."""

import os

print(" ".join(sorted(os.environ)))
