"""When somebody has completed a course, and the certificate that says so."""
