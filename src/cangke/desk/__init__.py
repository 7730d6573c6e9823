"""The service desk 客服接待台: channels, conversations, turns, presence and routing."""
