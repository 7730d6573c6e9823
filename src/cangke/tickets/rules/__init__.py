"""What the work items of the desk live by: plain Python."""
