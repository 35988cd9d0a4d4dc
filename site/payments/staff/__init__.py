"""The staff's screens, drawn by Wagtail. They show; only a refund, a retry and a closed issue change anything."""
