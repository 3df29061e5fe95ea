"""What a person has chosen among the modified statements."""
