"""How lines are labelled on pages and sites that the models have not seen."""
