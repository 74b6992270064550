"""Where a model's files are: a folder, an installed package, or the Hugging Face hub.

Whoever runs the server names the model; nothing here reads what a visitor typed.
"""
