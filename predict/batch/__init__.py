"""A batch: read, labelled in other processes, written in order, resumed after a crash."""
