"""The request that creates an envelope at each signing service: read, checked, made into one.

Each module has a `Creation`, which reads one such request for its simulator. What the vendor does
not document is told to the simulator as a fault.
"""
