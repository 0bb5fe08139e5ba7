class NotThere(Exception):
    """Why a peer cannot be measured; a part of a sentence."""
