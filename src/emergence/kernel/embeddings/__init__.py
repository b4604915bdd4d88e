"""Text becomes unit vectors here, off the event loop, whoever computes them; nothing is loaded before its first use."""
