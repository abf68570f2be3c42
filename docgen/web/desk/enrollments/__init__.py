"""Enrollments on the desk: the list, one practice's record, its form and its versions."""
