"""People who are not there any more: warned, asked, and signed out."""
