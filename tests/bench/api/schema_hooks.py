"""What schemathesis has to be told: X12 is text."""

import schemathesis


@schemathesis.serializer("application/edi-x12")
def x12(_context, value):
    """The text itself."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
