"""What may stand in a request to each signing service, by its documentation."""
