"""What a question asks for, read without a model: words of two languages, dates, and who is meant."""
