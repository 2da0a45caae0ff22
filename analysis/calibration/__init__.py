"""A firm's own data: what they say of the model's numbers, and how sure they are of it.

Each kind of data has a module that estimates from it and returns a `Fit`: a transaction log, a survey of satisfaction
and its drivers, choices among alternatives, a dated series of sales. What data cannot tell stays as it was, and is
listed.
"""
