"""What memory does with what it kept: digests of threads that fell idle, and each person's nightly round."""
