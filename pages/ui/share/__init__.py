"""The scenario out and in: link, QR code, files.

What the files hold is `attn_core.export`.
"""
