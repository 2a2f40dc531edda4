"""What a person types a conversation into. The only room that knows prompt-toolkit."""
