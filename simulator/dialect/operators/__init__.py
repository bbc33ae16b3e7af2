"""What the signs of the language do with values."""
