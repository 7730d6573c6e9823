"""The pages of the work items."""
