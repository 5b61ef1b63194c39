"""Publishers' files to table rows: one module an official format, told apart by content.

``detect.detect`` says what a file is, ``registry.FORMATS`` lists the formats, ``format`` has the values that they give.
"""
