"""How articles are judged by topic, under other conditions and by other means."""
