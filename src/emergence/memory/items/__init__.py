"""What a person does with what is remembered: look, search, write, correct, pin, forget, take along."""
