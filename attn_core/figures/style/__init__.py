"""What all figures share: colours, and a figure's numbers apart from what stays.

A colour means the same number on every page, so it is changed here or nowhere.
"""
