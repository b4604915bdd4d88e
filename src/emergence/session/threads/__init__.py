"""What people do with their threads: name, file away, pin, search, delete and bring back, and how long they last."""
