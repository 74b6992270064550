"""Pictures with words along an axis or as points.

They can be zoomed, unlike boxes. Nothing here computes.
"""
