"""The topic *Attention*: all heads, one of them large, one token of it, and the head in the lab.

Other topics show their matrices with it; it knows none of them.
"""
