"""Where we send to and for how much: zones of countries and postcodes, and each zone's ways of sending."""
