"""Commands of ``flask``, as somebody types them."""
