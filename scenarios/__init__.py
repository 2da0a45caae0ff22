"""The markets and scenarios that come with retailcx, found by name (`based_on = "grocery"`) and good to copy from."""
