"""Services on other machines: who they are, and the tokens that they get."""
