"""How the instances of this service hear of each other: notes as hints, the database as the truth."""
