"""What each signing service says of an envelope, in its own words."""
