"""The count of seats that are somebody's, and the only functions that change it."""
