"""What a person says of themself, taken from their own words by patterns in two languages: without any model.

Precision comes before recall: whatever is asked, supposed, quoted, pasted, denied or played makes nothing. Start at
harvest_turn.py.
"""
