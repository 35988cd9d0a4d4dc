"""What the shop sold, what it cost, what lies in stock: functions that return rows, for screen and exports alike."""
