"""Tables of any size, batch by batch: files in, checked and hashed rows out, what is not read kept aside."""
