"""Trials by plan, studies of the product beside other tools, and the gate that holds its figures."""
