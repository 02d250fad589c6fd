"""The shipped model, loading and saving of model folders, and labelling."""
