"""Text in, feature arrays out: nothing here is fitted and nothing knows a model."""
