"""What all views are made of."""
