"""The pages of rewards and discipline."""
