"""Pictures with words along an axis or as points: maps, bars, grids, planes.

They can be zoomed, unlike boxes. Nothing here computes.
"""
