"""What follows the hand: components of our own with their JavaScript, and every chart.

`chart` is the only place that shows a picture. Nothing here knows a page.
"""
