"""Ways in which the processes of one service tell each other what just happened; kept nowhere."""
