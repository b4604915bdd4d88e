"""What auth sends by mail: `queue_letter` writes a letter down, `deliver` sends it, `texts` are the words."""
