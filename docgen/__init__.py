"""Turn a radiation oncology enrollment form into a signed contract packet that proves itself."""

__version__ = "0.1.0"
