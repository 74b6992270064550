"""What all visitors share: the models that are loaded, and what these have made of texts.

One thing is computed at a time, and each cache has a bound. No topic of the page is known here.
"""
