"""What use cases give back to be shown: values without any behaviour of their own."""
