"""Words, tokens and vectors."""
