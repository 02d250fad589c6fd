"""Many pages in one run: workers, memory, what breaks, Spark."""
