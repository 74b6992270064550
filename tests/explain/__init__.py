"""Sentences and calculations."""
