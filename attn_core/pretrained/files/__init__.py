"""What a model's files hold: settings and tensors, read strictly, and what can be wrong with them.

None of a file's code ever runs. Nothing here knows a layer or a tokenizer.
"""
