"""Figures of training: functions that return rows. Screens, exports and public pages call the same ones."""
