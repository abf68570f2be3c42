"""The desk of the PSO's countersigner: the queue, each packet's review and signature, stand-ins."""
