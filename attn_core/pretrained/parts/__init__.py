"""What transformers of all families are made of: activations, norms, linear maps, settings,
and the rules of whole texts.

Each is a few lines of NumPy in float32. A family's own equations are in `bert` and `decoder`.
"""
