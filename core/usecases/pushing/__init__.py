"""The push itself, from the first look to the last result, and stopping it for all."""
